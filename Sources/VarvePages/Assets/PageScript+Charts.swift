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
        const tip=d.createElement('div');tip.className='tip';tip.hidden=true;tip.setAttribute('role','status');
        const hair=d.createElement('div');hair.className='hair';hair.hidden=true;figure.append(tip,hair);let from=null;
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
        pick(Math.floor(a*n),Math.ceil(z*n))});
        const pick=(a,z)=>go({from:iso(start+a*step),to:iso(start+z*step),bucket:null,cursor:null});
        let here=-1,mark=-1;plot.tabIndex=0;
        plot.addEventListener('keydown',e=>{const n=Math.round((end-start)/step),k=e.key;
        if(k==='ArrowLeft'||k==='ArrowRight'){if(e.shiftKey&&mark<0&&here>=0)mark=here;if(!e.shiftKey)mark=-1;
        here=here<0?n-1:Math.max(0,Math.min(n-1,here+(k==='ArrowLeft'?-1:1)));point((here+.5)/n);
        if(mark<0)zoom.hidden=true;else draw(Math.min(mark,here)/n,(Math.max(mark,here)+1)/n)}
        else if(k==='Enter'&&mark>=0)pick(Math.min(mark,here),Math.max(mark,here)+1);
        else if(k==='Escape'&&here>=0){here=mark=-1;zoom.hidden=true;hide()}else return;
        e.preventDefault();e.stopPropagation()});
        plot.addEventListener('blur',()=>{here=mark=-1;zoom.hidden=true;hide()});
        picture(figure)}
        function picture(figure){const svg=$$('.lk a',figure).find(x=>x.pathname==='/chart.svg');if(!svg)return;
        const b=d.createElement('button');b.type='button';b.className='lkb';b.textContent='PNG';
        b.onclick=()=>{const own=root.dataset.theme,dark=own?own==='dark':matchMedia('(prefers-color-scheme:dark)').matches,
        i=new Image(),u=new URL(svg.href);u.searchParams.set('theme',dark?'dark':'light');
        i.onload=()=>{const c=d.createElement('canvas');c.width=2*i.naturalWidth;c.height=2*i.naturalHeight;
        c.getContext('2d').drawImage(i,0,0,c.width,c.height);c.toBlob(p=>{const a=d.createElement('a');
        a.href=URL.createObjectURL(p);a.download=(figure.id||'chart')+'.png';a.click();
        setTimeout(()=>URL.revokeObjectURL(a.href),1e4)},'image/png')};
        i.onerror=()=>{b.textContent='No PNG'};i.src=u};svg.after(b)}
        const ready=()=>{$$('figure.chart').forEach(chart);copies()};

        """#
}
