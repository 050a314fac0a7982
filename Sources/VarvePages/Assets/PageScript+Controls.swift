extension PageScript {
    /// Commands to copy, the slider of the time machine, and playing the past.
    static let controls = #"""
        function copies(){for(const code of $$('[data-copy]')){if(code.dataset.ready)continue;code.dataset.ready='1';
        const b=d.createElement('button');b.type='button';b.className='sm copy';b.textContent='Copy';
        const text=code.textContent;b.onclick=async()=>{try{await navigator.clipboard.writeText(text);b.textContent='Copied'}
        catch{b.textContent='Not allowed'}setTimeout(()=>{b.textContent='Copy'},1500)};
        code.before(b)}}
        d.addEventListener('input',e=>{if(e.target.id!=='at')return;
        const l=$('[data-at]');
        if(l)l.textContent=' at offset '+Number(e.target.value).toLocaleString('en').replaceAll(',','\u202f');
        e.target.setAttribute('aria-valuetext','offset '+e.target.value)});
        const play=$('[data-play]');const speeds=[1,10,60];
        function step(){const s=JSON.parse(sessionStorage.getItem('varve-play')??'null');if(!s||!play)return;
        play.textContent=`Stop, ${s.speed} events a second`;
        setTimeout(()=>{if(!sessionStorage.getItem('varve-play'))return;const at=$('#at');
        const next=Math.min(Number(at.max),Number(at.value)+s.speed);
        if(next>=Number(at.max)){sessionStorage.removeItem('varve-play');go({at:null})}else go({at:String(next)})},1000)}
        play?.addEventListener('click',()=>{const s=JSON.parse(sessionStorage.getItem('varve-play')??'null');
        const i=s?speeds.indexOf(s.speed)+1:0;
        if(i<speeds.length){sessionStorage.setItem('varve-play',JSON.stringify({speed:speeds[i]}));if(!s)step();
        else play.textContent=`Stop, ${speeds[i]} events a second`}
        else{sessionStorage.removeItem('varve-play');play.textContent='Play'}});
        let slow=0;const loaded=()=>{clearTimeout(slow);$('.load')?.remove();$('main')?.removeAttribute('aria-busy')};
        addEventListener('beforeunload',()=>{loaded();slow=setTimeout(()=>{const l=d.createElement('div');l.className='load';
        l.setAttribute('role','status');l.textContent='Loading…';d.body.append(l);$('main')?.setAttribute('aria-busy','true');
        slow=setTimeout(loaded,2e4)},300)});
        addEventListener('pageshow',loaded);
        ready();step();

        """#
}
