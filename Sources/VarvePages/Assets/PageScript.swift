/// The module that makes pages more comfortable: live updates, keys, zoom by drag, copying. Every page works without it.
enum PageScript {
    static let text = start + live + keys + charts + controls
    /// How each part begins, so that a fault of one leaves the others working.
    private static let start = #"""
        const d=document,root=d.documentElement;root.classList.add('js');
        const $=(s,e=d)=>e.querySelector(s),$$=(s,e=d)=>[...e.querySelectorAll(s)];
        const offset=()=>Number($('meta[name=varve-offset]')?.content??0);
        const isPast=()=>d.body.classList.contains('past');
        const stored={get:k=>{try{return localStorage.getItem(k)}catch{return null}},
        set:(k,v)=>{try{localStorage.setItem(k,v)}catch{}}};

        """#
}
