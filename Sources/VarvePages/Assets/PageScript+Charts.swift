extension PageScript {
    /// Values under the pointer, and a range that is drawn with it.
    static let charts = #"""
        const two=n=>String(n).padStart(2,'0');
        const day=['Sun','Mon','Tue','Wed','Thu','Fri','Sat'];
        const clock=ns=>{const t=new Date(ns/1e6);
        return `${day[t.getUTCDay()]} ${t.getUTCDate()} ${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`};
        const iso=ns=>new Date(Math.round(ns/1e6)).toISOString().replace('.000','');
        function go(changes){const u=new URL(location.href);for(const [k,v] of Object.entries(changes))
        v===null?u.searchParams.delete(k):u.searchParams.set(k,v);location.assign(u)}
        function chart(figure){const plot=$('.plot',figure),zoom=$('.zoom',figure);if(!plot||!zoom||figure.dataset.ready)return;
        figure.dataset.ready='1';const [start,end,step]=zoom.dataset.zoom.split(' ').map(Number);
        const box=()=>{const p=plot.getBoundingClientRect(),f=figure.getBoundingClientRect();
        return {left:p.left-f.left,width:p.width,top:p.top-f.top,height:p.height,page:p.left}};
        const at=x=>{const b=box();return Math.max(0,Math.min(1,(x-b.page)/b.width))};
        const tip=d.createElement('div');tip.className='tip';tip.hidden=true;const hair=d.createElement('div');
        hair.className='hair';hair.hidden=true;figure.append(tip,hair);let from=null;
        const values=time=>{const t=$(`table time[datetime^="${iso(time).slice(0,19)}"]`,figure);
        const heads=$$('thead th',figure).map(x=>x.textContent);
        return $$(`table time[datetime^="${iso(time).slice(0,19)}"]`,figure).slice(0,8).map(x=>{
        const cells=[...x.closest('tr').cells].slice(1);
        return cells.map((c,i)=>c.querySelector('data')?`${heads[i+1]} ${
        c.textContent.trim()}`:c.textContent.trim()).join(' ')})};
        function point(share){const b=box(),n=Math.round((end-start)/step),i=Math.min(n-1,Math.floor(share*n));
        const time=start+i*step,x=b.left+(i+.5)/n*b.width;hair.hidden=tip.hidden=false;
        hair.style.left=x+'px';hair.style.top=b.top+'px';hair.style.height=b.height-22+'px';
        tip.textContent=[clock(time),...values(time)].join(' · ');
        tip.style.top=Math.max(0,b.top-4)+'px';
        tip.style.left=Math.max(0,Math.min(x+8,figure.clientWidth-tip.offsetWidth))+'px'}
        const hide=()=>{hair.hidden=tip.hidden=true};
        function draw(a,z){const b=box();zoom.hidden=false;zoom.style.left=b.left+Math.min(a,z)*b.width+'px';
        zoom.style.width=Math.abs(z-a)*b.width+'px';zoom.style.top=b.top+'px';zoom.style.bottom='auto';
        zoom.style.height=b.height-22+'px'}
        plot.addEventListener('pointermove',e=>{const s=at(e.clientX);point(s);if(from!==null)draw(from,s)});
        plot.addEventListener('pointerleave',()=>{if(from===null)hide()});
        plot.addEventListener('pointerdown',e=>{if(e.button===0){from=at(e.clientX);plot.setPointerCapture(e.pointerId)}});
        plot.addEventListener('pointercancel',()=>{from=null;zoom.hidden=true});
        plot.addEventListener('pointerup',e=>{if(from===null)return;const a=Math.min(from,at(e.clientX)),z=Math.max(from,
        at(e.clientX));
        from=null;zoom.hidden=true;if(z-a<.02)return;const n=Math.round((end-start)/step);
        go({from:iso(start+Math.floor(a*n)*step),to:iso(start+Math.ceil(z*n)*step),bucket:null,cursor:null})});}
        const ready=()=>{$$('figure.chart').forEach(chart);copies()};

        """#
}
