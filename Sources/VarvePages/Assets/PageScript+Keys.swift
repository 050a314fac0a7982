extension PageScript {
    /// One key for everything that has a control on the page.
    static let keys = #"""
        const click=s=>{const e=$(s);if(e){e.click();return true}};
        const range={h:'1 h',d:'24 h',w:'7 d',m:'30 d'};
        const help=[['g then o m a i','Overview, Monitoring, Alerts, Incidents'],
        ['g then e r n p b','Explore, Resilience, Analytics, Operations, Business'],
        ['g then t x s v','Traces, Errors, Sessions, Events'],
        ['g then y w l c','System, Views, Log, Settings'],['/','to the filter'],
        ['h d w m','range: hour, day, week, month'],
        ['← →','earlier, later'],['z','zoom out'],['c','compare'],['t','tables behind the charts'],['l','pause, go on'],
        ['[ ]','one event back, forward'],['Space','play the past'],['n','return to now'],['j k','next row, row before'],
        ['← → on a chart','its values; with Shift a range, Enter zooms to it'],['?','these keys'],['Esc','close']];
        let chord=0;
        function showKeys(){let box=$('dialog');if(!box){box=d.createElement('dialog');box.setAttribute('aria-label','Keys');
        const list=d.createElement('dl');list.className='keys';
        for(const [k,t] of help){const dt=d.createElement('dt');const kbd=d.createElement('kbd');kbd.textContent=k;
        dt.append(kbd);
        const dd=d.createElement('dd');dd.textContent=t;list.append(dt,dd)}
        const h=d.createElement('h2');h.textContent='Keys';const off=d.createElement('button');off.type='button';
        const words=()=>{off.textContent=stored.get('varve-keys')==='off'?'Switch keys on':'Switch keys off'};
        off.onclick=()=>{stored.set('varve-keys',stored.get('varve-keys')==='off'?'on':'off');words()};words();
        const x=d.createElement('button');x.type='button';x.textContent='Close';x.onclick=()=>box.close();
        box.append(h,list,off,' ',x);d.body.append(box)}box.showModal()}
        $('[data-keys]')?.addEventListener('click',showKeys);
        function rows(step){const all=$$('main tbody a,main .rows a,main .feed a');if(!all.length)return;
        const at=all.indexOf(d.activeElement);all[Math.max(0,Math.min(all.length-1,at+step))].focus()}
        d.addEventListener('keydown',e=>{if(e.ctrlKey||e.metaKey||e.altKey||e.target.closest('input,select,textarea'))return;
        if(e.key!=='?'&&stored.get('varve-keys')==='off')return;
        if($('dialog')?.open)return;const k=e.key;
        if(chord&&Date.now()-chord<1500){chord=0;if(click(`[data-go="${CSS.escape(k)}"]`))e.preventDefault();return}
        if(e.target.closest('figure')&&k.startsWith('Arrow')&&e.target.matches('.plot'))return;
        const did=k==='g'?(chord=Date.now()):k==='?'?(showKeys(),1):range[k]?click(`[data-range="${range[k]}"]`):
        k==='ArrowLeft'?click('[data-shift="-1"]'):k==='ArrowRight'?click('[data-shift="1"]'):k==='z'?click('[data-out]'):
        k==='c'?click('[data-compare]'):k==='n'?click('[data-now]'):k==='['?click('[data-event="-1"]'):
        k===']'?click('[data-event="1"]'):k==='l'?click('[data-pause]'):k==='j'?(rows(1),1):k==='k'?(rows(-1),1):
        k==='t'?($$('figure details').forEach(x=>x.open=!x.open),1):
        k==='/'?($('[data-filter] input:not([type=hidden])')?.focus(),1):
        k===' '&&isPast()&&!e.target.closest('a,button,summary')?click('[data-play]'):0;
        if(did)e.preventDefault()});

        """#
}
