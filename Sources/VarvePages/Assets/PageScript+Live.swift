extension PageScript {
    /// Waits on the stream for anything new, then reads the page again and puts in what has changed.
    static let live = #"""
        let source=null,paused=false,failures=0,last=0,timer=0,busy=false;
        const say=(state,words)=>{const l=$('.live');if(!l||isPast())return;
        if(l.dataset.live!==state){l.dataset.live=state;const s=$('.ls');
        if(s)s.textContent=({on:'live',stale:'no new events'})[state]??words??state}
        const w=$('.w',l);if(w&&words&&w.textContent!==words)w.textContent=words};
        const button=$('[data-pause]');
        function close(){source?.close();source=null;clearTimeout(timer)}
        function listen(){close();if(paused||isPast()||d.hidden)return;
        source=new EventSource('/api/v1/stream?since='+offset());
        source.onopen=()=>{failures=0;say('on')};
        source.addEventListener('event',()=>{close();
        timer=setTimeout(refresh,Math.max(30,1000-(Date.now()-last)))});
        source.onerror=()=>{failures++;say('reconnecting',failures>2?'polling':'reconnecting');
        if(failures>2){close();timer=setTimeout(refresh,5000)}}}
        async function refresh(){if(busy||paused)return;busy=true;last=Date.now();const before=offset();
        try{const r=await fetch(location.href,{headers:{accept:'text/html'}});
        const next=new DOMParser().parseFromString(await r.text(),'text/html');
        if(next.querySelector('main'))patch(next);failures=0}
        catch{say('reconnecting','reconnecting')}
        busy=false;if(offset()>before||failures)listen();else timer=setTimeout(refresh,Math.min(5000,100*2**idle++));
        if(offset()>before)idle=0}
        let idle=0;
        function held(old){return old.contains(d.activeElement)&&d.activeElement.matches('input,select,textarea')
        ||$('[data-feed]',old)&&old.getBoundingClientRect().top<-80}
        const stops='a,button,input,select,textarea,summary,[tabindex]';
        function patch(next){let again=null;const a=$$('main>*'),b=[...next.querySelectorAll('main>*')];
        if(a.length!==b.length){$('main').replaceChildren(...b)}
        else a.forEach((old,i)=>{const fresh=b[i];if(old.dataset.source===fresh.outerHTML||old.outerHTML===fresh.outerHTML)return;
        if(held(old)){more(old,fresh);return}
        const source=fresh.outerHTML,open=$$('details',old).map(x=>x.open);
        $$('details',fresh).forEach((x,j)=>{x.open=open[j]??x.open});
        const values=new Map($$('data',old).map(x=>[x.dataset.view+x.dataset.column+x.dataset.key,x.value]));
        const at=old.contains(d.activeElement)?$$(stops,old).indexOf(d.activeElement):-1;
        old.replaceWith(fresh);fresh.dataset.source=source;if(at>=0)again=[fresh,at];
        $$('data',fresh).forEach(x=>{const v=values.get(x.dataset.view+x.dataset.column+x.dataset.key);
        if(v!==undefined&&v!==x.value)x.classList.add('chg')})});
        for(const s of ['.foot','.rail','.dvr']){const o=$(s),n=next.querySelector(s);if(o&&n&&!o.contains(d.activeElement))
        o.replaceWith(n)}
        const live=next.querySelector('.live .w');if(live)say(next.querySelector('.live').dataset.live,live.textContent);
        d.title=next.title;for(const m of ['varve-offset','varve-range']){
        const n=next.querySelector(`meta[name=${m}]`);if(n)$(`meta[name=${m}]`).content=n.content}
        ready();if(again)$$(stops,again[0])[again[1]]?.focus({preventScroll:true})}
        function more(old,fresh){const known=new Set($$('[data-feed]>li',old).map(x=>x.id));
        const n=$$('[data-feed]>li',fresh).filter(x=>!known.has(x.id)).length;if(!n)return;
        let b=$('.more',old);if(!b){b=d.createElement('button');b.className='sm more';$('h2',old).append(' ',b)}
        b.textContent=`Show ${n} new`;b.onclick=()=>{old.replaceWith(fresh);ready();fresh.scrollIntoView()}}
        function pause(on=!paused){paused=on;if(button){button.textContent=on?'Go on':'Pause';
        button.setAttribute('aria-pressed',on)}
        if(on){close();say('paused','paused')}else{refresh()}}
        button?.addEventListener('click',()=>pause());
        d.addEventListener('visibilitychange',()=>d.hidden?close():listen());
        if(!isPast())listen();

        """#
}
