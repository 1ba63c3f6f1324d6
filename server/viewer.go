package server

import (
	"math"
	"slices"
	"sort"
	"sync"

	"thalweg/sim"
	"thalweg/sim/param"
)

// The bounds of what one viewer is sent.
const (
	// tickBudget is how many bytes of rows a tick may bring, bulkBytes how many a message that makes up for rows
	// the page lacks, bulkRows how many rows a walk has in such a message.
	tickBudget = 6 << 10
	bulkBytes  = 240 << 10
	bulkRows   = 2000
	// bulkBurst is how many such messages one turn sends, so that nobody else waits for long.
	bulkBurst = 4
	// pictureTicks is the number of ticks between two looks at the pictures, stateTicks between two routine states.
	pictureTicks = 3
	stateTicks   = 15
)

// A viewer is one connection's look at one run: its playhead, and what it was sent.
type viewer struct {
	conn *conn
	run  *live

	mu      sync.Mutex
	gone    bool
	state   string // ready running paused done
	playing bool
	flowing bool // rows were asked for
	hidden  bool // the page is not seen: nothing is sent
	viewed  bool // a picture was asked for
	head    float64
	speed   float64
	sent    int // the rows up to this step were sent
	credit  float64
	every   int // the thinning last told
	history uint64
	counts  map[sequenced]uint32
	grounds []seen
	age     int // ticks

	pictures     []int // measures that were asked for
	swarm        bool
	shown        map[picture]int
	grid         gridWish
	quiver       quiverWish
	explorations map[string]*exploration // explorations by tool
	claims       []int                   // revisions told
	told         told
	pack         *packed // takes what is sent while a page catches up
}

// seen is what a viewer was sent of a ground's plane.
type seen struct {
	text    string
	version int
	sent    int
}

type picture struct{ walk, measure int }

// told is what the last state message said.
type told struct {
	state    string
	computed int
	age      int
}

func newViewer(c *conn, r *live, step int) *viewer {
	v := &viewer{conn: c, run: r, state: "ready", speed: 1, sent: -1, every: 1, credit: tickBudget, counts: map[sequenced]uint32{}, shown: map[picture]int{}, explorations: map[string]*exploration{}}
	for g := range r.groups {
		v.grounds = append(v.grounds, seen{text: r.kinds(g)[0], sent: -1})
	}
	if step > 0 {
		// The page has the rows up to here; planes that are fitted may have changed, so their paths come anew.
		v.head, v.sent, v.flowing = float64(step), step, true
		v.history = mix(0, step)
		for g := range v.grounds {
			if v.grounds[g].text == sim.Direct {
				v.grounds[g].sent = step
			}
		}
	}
	v.claims = make([]int, len(r.claims))
	return v
}

// command does what the page asks of this run and answers with the state.
func (v *viewer) command(c *command) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch c.Type {
	case "play":
		v.state, v.playing, v.flowing = "running", true, true
	case "pause":
		if v.playing {
			v.state = "paused"
		}
		v.playing = false
	case "step":
		v.goTo(int(math.Floor(v.head)) + *c.N)
	case "seek":
		playing := v.playing
		v.goTo(*c.Step)
		if playing {
			v.state, v.playing = "running", true
		}
	case "speed":
		v.speed = c.speed
	case "view":
		return v.view(c)
	case "explore":
		return v.explore(c)
	}
	if v.flowing {
		v.run.want()
	}
	v.settle()
	v.say()
	v.serve()
	v.run.srv.ticker.add(v)
	return nil
}

// goTo puts the playhead on a step.
func (v *viewer) goTo(step int) {
	v.playing, v.flowing, v.state = false, true, "paused"
	v.head = float64(max(0, min(step, v.run.run.Spec.Steps)))
}

// settle keeps the playhead on what is known, and ends the play at the end of the run.
func (v *viewer) settle() {
	computed := float64(v.run.computed.Load())
	complete := v.run.complete.Load()
	if v.head >= computed && (v.playing || complete) {
		v.head = min(v.head, computed)
		if complete && v.flowing {
			v.playing, v.state = false, "done"
		}
	}
}

// tick moves the playhead by a number of ticks, sends what is due and reports whether more will be.
func (v *viewer) tick(n int) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gone {
		return false
	}
	v.age += n
	if v.playing {
		v.head += float64(n) * v.speed * (baseRate / ticks)
	}
	v.settle()
	if v.hidden {
		return v.playing
	}
	v.credit += float64(n) * tickBudget
	more := v.serve()
	v.routine()
	return more || v.playing
}

// routine tells a new state: at once when a walk or the play ended, else a few times a second while there is news.
func (v *viewer) routine() {
	r := v.run
	now := told{state: v.shownState(), computed: int(r.computed.Load())}
	changed := now.state != v.told.state || r.complete.Load() && now.computed != v.told.computed
	due := v.age-v.told.age >= stateTicks && (now.computed != v.told.computed || v.playing && v.age-v.told.age >= ticks)
	if changed || due {
		v.say()
	}
	r.mu.Lock()
	var news []claimMessage
	for i := range r.claims {
		if k := &r.claims[i]; k.revision != v.claims[i] {
			v.claims[i] = k.revision
			news = append(news, claimMessage{1, "claim", r.run.ID, k.claim.ID, k.verdict, k.claim.Want, k.got, k.step})
		}
	}
	r.mu.Unlock()
	for _, m := range news {
		v.conn.out.put(textMessage(m))
	}
}

func (v *viewer) shownState() string {
	v.run.mu.Lock()
	defer v.run.mu.Unlock()
	if v.run.failed != "" {
		return "failed"
	}
	return v.state
}

// say sends the state.
func (v *viewer) say() {
	r := v.run
	m := stateMessage{V: 1, Type: "state", Run: r.run.ID, State: v.shownState(), Step: int(v.head), Computed: int(r.computed.Load()), Speed: v.speed, Methods: r.walks()}
	if m.State == "failed" {
		r.mu.Lock()
		m.Why = r.failed
		r.mu.Unlock()
	}
	v.told = told{state: m.State, computed: m.Computed, age: v.age}
	v.conn.out.put(textMessage(m))
}

// lead is how far ahead of the playhead rows are sent: a second of play.
func (v *viewer) lead() float64 { return max(1, v.speed*baseRate) }

// serve sends rows, planes and pictures as far as the socket takes them, and reports whether something is left.
func (v *viewer) serve() (more bool) {
	if v.hidden {
		v.askPlanes()
		return false
	}
	if v.flowing || v.viewed {
		more = v.servePlanes()
	}
	if v.flowing {
		more = v.serveRows() || more
		more = v.servePaths() || more
	}
	more = v.serveExplorations() || more
	if v.viewed {
		v.serveQuiver()
		more = v.serveGrid() || more
		if v.age%pictureTicks == 0 || !v.playing {
			more = v.servePictures() || more
		}
	}
	return more
}

// serveRows sends the rows up to the playhead, and while playing a second more.
func (v *viewer) serveRows() (more bool) {
	r := v.run
	every := r.run.Spec.Values.Whole("every")
	rows, overhead := float64(r.rowSize()), float64(r.frameBytes())
	v.credit = min(v.credit, max(tickBudget, rows+overhead))
	for range bulkBurst {
		computed := int(r.computed.Load())
		at := min(int(v.head), computed)
		goal := at
		if v.playing {
			goal = min(computed, int(v.head+v.lead()))
		}
		if v.sent >= goal {
			// Rows that are still to be computed will be sent when they are there.
			return int(v.head) > computed && !r.complete.Load()
		}
		if !v.conn.out.room() {
			return true
		}
		if v.playing {
			// Rows are thinned only where the pace asks for more than a tick may bring, not where a message of many
			// rows has just used up the credit.
			fit, steady := int((v.credit-overhead)/rows), max(1, (tickBudget-overhead)/rows)
			ratio := 1
			if pace := v.speed * (baseRate / ticks) / float64(every); pace > steady {
				ratio = 1 << bitsFor(pace/steady)
			}
			to := min(goal, v.sent+max(fit, 1)*ratio*every)
			if to >= at {
				if fit < 1 {
					return true
				}
				limit := math.MaxInt
				if ratio > 1 {
					limit = fit
				}
				if v.emit(to, limit) {
					v.tellLag(ratio)
				}
				return true
			}
			// The socket held up this page, or it jumped ahead: what it missed comes as when it stands still.
			goal = at
		}
		fit := min(bulkRows, max(1, int((bulkBytes-overhead)/rows)))
		left := (goal - v.sent + every - 1) / every
		ratio := (left + bulkRows - 1) / bulkRows
		to, limit := min(goal, v.sent+fit*ratio*every), math.MaxInt
		if ratio > 1 {
			limit = fit
		}
		if !v.emit(to, limit) {
			return true
		}
	}
	return true
}

// bitsFor is the smallest n with 2^n >= x.
func bitsFor(x float64) int { return max(0, int(math.Ceil(math.Log2(x)))) }

func (v *viewer) tellLag(every int) {
	if every != v.every {
		v.every = every
		v.conn.out.put(textMessage(lagMessage{1, "lag", v.run.run.ID, every}))
	}
}

// emit sends the rows of all walks with steps in (sent, to], at most limit of each walk, and with them the paths of
// grounds whose plane the page knows and whose path it has up to the same step.
func (v *viewer) emit(to, limit int) bool {
	r := v.run
	r.mu.Lock()
	key := messageKey{kind: kindScalars, from: v.sent, to: to, limit: limit, history: v.history}
	planes := make([]*plane, len(v.grounds))
	for g := range v.grounds {
		s := &v.grounds[g]
		p := r.planes[planeKey{g, s.text}]
		if p == nil || p.version == 0 || p.version != s.version || s.sent != v.sent {
			continue
		}
		planes[g] = p
		key.paths = mix(key.paths, g, p.version, min(to, p.cover))
	}
	e := r.messages.get(key)
	if e == nil {
		e = r.encode(v, planes, to, limit)
		r.messages.put(key, e)
	}
	covers := make([]int, len(planes))
	for g, p := range planes {
		if p != nil {
			covers[g] = p.cover
		}
	}
	r.mu.Unlock()
	if !v.deliver(e) {
		return false
	}
	v.history = mix(v.history, v.sent, to, limit, int(key.paths))
	for g, p := range planes {
		if p != nil {
			v.grounds[g].sent = max(v.sent, min(to, covers[g]))
		}
	}
	v.sent = to
	v.credit -= float64(len(e.bytes))
	return true
}

// deliver offers a message to the socket and counts its frames.
func (v *viewer) deliver(e *encoded) bool {
	if len(e.frames) == 0 {
		return true
	}
	if v.pack != nil {
		v.pack.add(v, e)
		return true
	}
	if !v.conn.out.offer(e.bytes) {
		v.run.srv.metrics.heldBack.Inc()
		return false
	}
	v.run.srv.metrics.messages.Inc()
	v.run.srv.metrics.bytes.Add(len(e.bytes))
	if e.thinned {
		v.run.srv.metrics.thinned.Inc()
	}
	for _, f := range e.frames {
		v.counts[f]++
	}
	return true
}

// encode builds the message of emit; r.mu is held.
func (r *live) encode(v *viewer, planes []*plane, to, limit int) *encoded {
	e := &encoded{}
	b := make([]byte, wireRoom, wireRoom+tickBudget)
	var records []int
	r.run.View(func(t *sim.Trace) {
		for i, m := range t.Methods {
			lo, hi := recordsIn(m, v.sent, to)
			if lo == hi {
				continue
			}
			records = pick(records[:0], m, lo, hi, limit)
			thinned := len(records) < hi-lo
			e.thinned = e.thinned || thinned
			f := sequenced{i, kindScalars}
			b = r.appendScalars(b, m, i, records, thinned, v.counts[f])
			e.frames = append(e.frames, f)
			p := planes[r.group[i]]
			if p == nil {
				continue
			}
			for len(records) > 0 && m.Step[records[len(records)-1]] > p.cover {
				records = records[:len(records)-1]
			}
			if len(records) == 0 {
				continue
			}
			f.kind = kindPath
			var ok bool
			if b, ok = r.appendPath(b, p, slices.Index(r.groups[r.group[i]], i), m, i, records, thinned, v.counts[f]); ok {
				e.frames = append(e.frames, f)
			}
		}
	})
	e.bytes = wireFrame(opBinary, b)
	return e
}

// servePlanes tells new versions of the planes.
func (v *viewer) servePlanes() (more bool) {
	r := v.run
	for g := range v.grounds {
		s := &v.grounds[g]
		r.mu.Lock()
		p := r.plane(planeKey{g, s.text})
		version := p.version
		var m planeMessage
		if version != 0 && version != s.version {
			m = r.planeMessage(p)
		}
		r.mu.Unlock()
		if version == 0 {
			more = true
			continue
		}
		if version == s.version {
			continue
		}
		if s.version != 0 {
			s.sent = -1
		}
		for _, walk := range r.groups[g] {
			delete(v.shown, picture{walk, whole}) // a swarm is laid on the new plane
		}
		s.version = version
		v.conn.out.put(textMessage(m))
		v.grid.renew(g)
		v.quiver.renew(g)
	}
	return more
}

// servePaths sends the paths that lag behind the rows: all of it when the plane is new.
func (v *viewer) servePaths() (more bool) {
	r := v.run
	for g := range v.grounds {
		s := &v.grounds[g]
		if s.version == 0 || s.sent >= v.sent {
			continue
		}
		if !v.conn.out.room() {
			return true
		}
		r.mu.Lock()
		p := r.plane(planeKey{g, s.text})
		to := min(v.sent, p.cover)
		if p.version != s.version || to <= s.sent {
			r.mu.Unlock()
			more = true
			continue
		}
		limit := max(2, min(bulkRows, bulkBytes/(8*max(p.columns, 1)*len(r.groups[g]))))
		key := messageKey{kind: kindPath, from: s.sent, to: to, limit: limit, paths: mix(0, g, p.version), history: v.history}
		e := r.messages.get(key)
		if e == nil {
			e = r.encodePath(v, p, s.sent, to, limit)
			r.messages.put(key, e)
		}
		r.mu.Unlock()
		if !v.deliver(e) {
			return true
		}
		v.history = mix(v.history, s.sent, to, limit, int(key.paths))
		s.sent = to
		more = more || to < v.sent
	}
	return more
}

// encodePath builds the message of servePaths; r.mu is held.
func (r *live) encodePath(v *viewer, p *plane, from, to, limit int) *encoded {
	e := &encoded{}
	b := make([]byte, wireRoom, wireRoom+tickBudget)
	var records []int
	r.run.View(func(t *sim.Trace) {
		for k, i := range r.groups[p.at.group] {
			m := t.Methods[i]
			lo, hi := recordsIn(m, from, to)
			if lo == hi {
				continue
			}
			records = pick(records[:0], m, lo, hi, limit)
			thinned := len(records) < hi-lo
			e.thinned = e.thinned || thinned
			f := sequenced{i, kindPath}
			var ok bool
			if b, ok = r.appendPath(b, p, k, m, i, records, thinned, v.counts[f]); ok {
				e.frames = append(e.frames, f)
			}
		}
	})
	e.bytes = wireFrame(opBinary, b)
	return e
}

// servePictures sends the readings of vectors, images and points at the playhead that the page does not have yet.
func (v *viewer) servePictures() (more bool) {
	r := v.run
	at := min(int(v.head), int(r.computed.Load()))
	for _, measure := range v.pictures {
		for walk := range r.group {
			if !v.conn.out.room() {
				return true
			}
			var e *encoded
			reading := -1
			r.mu.Lock()
			r.run.View(func(t *sim.Trace) {
				s := &t.Methods[walk].Series[measure]
				reading = sort.SearchInts(s.Step, at+1) - 1
				last, ok := v.shown[picture{walk, measure}]
				if reading < 0 || ok && last == reading {
					reading = -1
					return
				}
				f := sequenced{walk, pictureKind(s.Measure.Kind)}
				key := messageKey{kind: f.kind, from: walk, to: reading, limit: measure, history: uint64(v.counts[f])}
				if e = r.messages.get(key); e == nil {
					e = r.encodePicture(s, f, measure, reading, v.counts[f])
					r.messages.put(key, e)
				}
			})
			r.mu.Unlock()
			if e == nil {
				continue
			}
			if !v.deliver(e) {
				return true
			}
			v.shown[picture{walk, measure}] = reading
		}
	}
	if v.swarm {
		more = v.serveSwarm() || more
	}
	return more
}

func pictureKind(k sim.Kind) uint8 {
	switch k {
	case sim.Vector:
		return kindVector
	case sim.Image:
		return kindImage
	}
	return kindPoints
}

func (r *live) encodePicture(s *sim.Series, f sequenced, measure, reading int, sequence uint32) *encoded {
	values := s.Rows[reading]
	rows, columns := 1, len(values)
	if f.kind != kindVector && s.Columns > 0 {
		rows, columns = len(values)/s.Columns, s.Columns
	}
	if rows*columns == 0 {
		rows, columns = 0, 0
	}
	b := make([]byte, wireRoom, wireRoom+frameSize(f.kind, rows, columns))
	b = appendFrame(b, header{kind: f.kind, run: r.number, method: uint16(f.walk), measure: uint16(measure), step: uint32(s.Step[reading]),
		sequence: sequence, rows: uint32(rows), columns: uint32(columns)}, values[:rows*columns])
	return &encoded{bytes: wireFrame(opBinary, b), frames: []sequenced{f}}
}

// maxSwarm is the number of points of a swarm that are sent.
const maxSwarm = 1 << 17

// serveSwarm sends where the populations are at the playhead, on the plane of their ground: of a hundred thousand
// points at most one frame waits for a socket, and the next is the newest by then.
func (v *viewer) serveSwarm() (more bool) {
	r := v.run
	at := min(int(v.head), int(r.computed.Load()))
	for walk, g := range r.group {
		if !v.conn.out.room() {
			return true
		}
		var e *encoded
		step := -1
		r.mu.Lock()
		p := r.planes[planeKey{g, v.grounds[g].text}]
		if p != nil && p.version == v.grounds[g].version && len(p.shape.Origin) > 0 {
			r.run.View(func(t *sim.Trace) {
				swarm, known := t.Methods[walk].SwarmAt(at)
				last, ok := v.shown[picture{walk, whole}]
				if step = swarm.Step; !known || ok && last == step {
					return
				}
				f := sequenced{walk, kindPoints}
				key := messageKey{kind: kindPoints, from: walk, to: step, limit: whole, paths: uint64(p.version), history: uint64(v.counts[f])}
				if e = r.swarms.get(key); e == nil {
					e = r.encodeSwarm(p, swarm, len(p.shape.Origin), f, v.counts[f])
					r.swarms.put(key, e)
				}
			})
		}
		r.mu.Unlock()
		if e == nil {
			continue
		}
		if !v.deliver(e) {
			return true
		}
		v.shown[picture{walk, whole}] = step
	}
	return more
}

func (r *live) encodeSwarm(p *plane, swarm sim.Swarm, dim int, f sequenced, sequence uint32) *encoded {
	n, step := swarm.Len(), swarm.Step
	gap := (n + maxSwarm - 1) / maxSwarm
	values := make([]float64, 0, 2*(n/gap+1))
	x := make([]float64, dim)
	same := dim == 2 && p.shape.Kind == sim.Direct // the plane's coordinates are the point's
	for i := 0; i < n; i += gap {
		swarm.Point(x, i)
		if same {
			values = append(values, x[0], x[1])
			continue
		}
		s, t, _, err := p.shape.Project(x)
		if err != nil {
			s, t = math.NaN(), math.NaN()
		}
		values = append(values, s, t)
	}
	h := header{kind: kindPoints, run: r.number, method: uint16(f.walk), measure: whole, step: uint32(step), sequence: sequence, rows: uint32(len(values) / 2), columns: 2}
	if gap > 1 {
		h.flags = flagThinned
	}
	b := make([]byte, wireRoom, wireRoom+frameSize(kindPoints, len(values)/2, 2))
	return &encoded{bytes: wireFrame(opBinary, appendFrame(b, h, values)), frames: []sequenced{f}, thinned: gap > 1}
}

// view changes what the page looks at.
func (v *viewer) view(c *command) error {
	r := v.run
	g := 0
	if c.Ground != "" {
		found := false
		r.run.View(func(t *sim.Trace) {
			for i, m := range t.Methods {
				if m.ID == c.Ground && !found {
					g, found = r.group[i], true
				}
			}
		})
		if !found {
			return param.Refuse("ground", "this run has no method %.40q", c.Ground)
		}
	}
	text := ""
	if c.Plane != "" {
		var err error
		if text, err = r.planeText(g, c.Plane); err != nil {
			return err
		}
	}
	var pictures []int
	swarm := false
	if c.Measures != nil {
		for _, id := range *c.Measures {
			if id == "swarm" {
				swarm = true
				continue
			}
			i := r.run.Spec.Lab.Measure(id)
			if i < 0 || r.run.Spec.Lab.Measures[i].Kind == sim.Scalar {
				return param.Refuse("measures", "%.40q is no vector, image or points measure of this lab", id)
			}
			if !slices.Contains(pictures, i) {
				pictures = append(pictures, i)
			}
		}
		v.pictures, v.swarm = pictures, swarm
		clear(v.shown)
	}
	if len(c.Quiver) > 0 {
		at := g
		if c.Ground == "" && v.grid.ask != nil {
			at = v.grid.group
		}
		if err := v.wishQuiver(c.quiver, at); err != nil {
			return err
		}
	}
	v.viewed = true
	if text != "" && text != v.grounds[g].text {
		v.grounds[g] = seen{text: text, sent: -1}
	} else if c.Plane != "" || c.Grid != nil {
		// The plane is told again, so that every view is answered; the path on it is known.
		v.tellPlane(g)
	}
	if c.Grid != nil {
		v.grid.take(g, *c.Grid)
		v.quiver.renew(g)
	} else if c.Plane != "" {
		v.grid.renew(g)
	}
	v.serve()
	r.srv.ticker.add(v)
	return nil
}

// tellPlane sends the plane message of a ground again when the page has it.
func (v *viewer) tellPlane(g int) {
	r := v.run
	s := &v.grounds[g]
	r.mu.Lock()
	p := r.planes[planeKey{g, s.text}]
	ok := p != nil && p.version != 0 && p.version == s.version
	var m planeMessage
	if ok {
		m = r.planeMessage(p)
	}
	r.mu.Unlock()
	if ok {
		v.conn.out.put(textMessage(m))
	}
}

// close ends the look.
func (v *viewer) close() {
	v.mu.Lock()
	v.gone = true
	v.grid.cancel()
	v.quiver.cancel()
	for _, l := range v.explorations {
		l.cancel()
	}
	v.mu.Unlock()
	v.run.srv.ticker.remove(v)
	v.run.leave(v)
}

func join(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}
