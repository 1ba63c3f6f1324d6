package server

// packed is a message under way that holds all a page lacks.
type packed struct{ bytes []byte }

// add takes over the frames of an encoded message.
func (p *packed) add(v *viewer, e *encoded) {
	if p.bytes == nil {
		p.bytes = make([]byte, wireRoom, wireRoom+len(e.bytes))
	}
	p.bytes = append(p.bytes, payload(e.bytes)...)
	for _, f := range e.frames {
		v.counts[f]++
	}
}

// payload is what the header that wireFrame wrote stands before.
func payload(b []byte) []byte {
	switch b[1] {
	case 126:
		return b[4:]
	case 127:
		return b[10:]
	}
	return b[2:]
}

// only reports whether a command says nothing but whether the page is hidden.
func (c *command) only() bool {
	return c.Plane == "" && c.Ground == "" && c.Grid == nil && c.Quiver == nil && c.Measures == nil
}

// hide notes whether the page is seen.
func (c *conn) hide(hidden bool) {
	c.mu.Lock()
	c.hidden = hidden
	viewers := append([]*viewer(nil), c.viewers...)
	c.mu.Unlock()
	for _, v := range viewers {
		v.hide(hidden)
	}
}

// hide has a page that is not seen get nothing, and one that is seen again all it missed in one message. Its playhead
// goes on meanwhile.
func (v *viewer) hide(hidden bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone || v.hidden == hidden {
		return
	}
	if v.hidden = hidden; hidden {
		return
	}
	v.settle()
	if v.conn.out.spare() {
		v.makeUp()
	}
	v.say()
	v.routine()
	v.run.srv.ticker.add(v)
}

// makeUp sends in one message all that the page lacks.
func (v *viewer) makeUp() {
	v.pack = &packed{}
	if v.flowing || v.viewed {
		v.servePlanes()
	}
	if v.flowing {
		v.catchUp()
		v.servePaths()
	}
	if v.viewed {
		v.serveQuiver()
		v.serveGrid()
		v.servePictures()
	}
	if b := v.pack.bytes; b != nil {
		v.conn.out.bulk(wireFrame(opBinary, b))
		v.run.srv.metrics.messages.Inc()
		v.run.srv.metrics.bytes.Add(len(b))
	}
	v.pack = nil
}

// askPlanes has the planes ready for when the page is seen again.
func (v *viewer) askPlanes() {
	if !v.flowing && !v.viewed {
		return
	}
	v.run.mu.Lock()
	defer v.run.mu.Unlock()
	for g := range v.grounds {
		v.run.plane(planeKey{g, v.grounds[g].text})
	}
}

// catchUp sends all rows up to the playhead, and while playing a second more, thinned to what one message takes.
func (v *viewer) catchUp() {
	r := v.run
	goal := v.head
	if v.playing {
		goal += v.lead()
	}
	to := min(int(goal), int(r.computed.Load()))
	if to > v.sent {
		v.emit(to, min(bulkRows, max(2, (bulkBytes-r.frameBytes())/r.rowSize())))
	}
}
