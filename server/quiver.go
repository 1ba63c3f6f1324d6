package server

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"thalweg/landscape"
	"thalweg/sim"
	"thalweg/sim/param"
)

// A quiverAsk is a wish for arrows over a plane: the first move of a method from each point, or minus the gradient.
type quiverAsk struct {
	Method *string `json:"method"`
	Cells  int     `json:"cells"`
}

// The bounds of a quiver: arrows a side, and how many quivers a run keeps.
const (
	quiverCells, maxQuiver = 21, 64
	keptQuivers            = 8
)

// parseQuiver reads the wish of a view; false takes it back.
func parseQuiver(data json.RawMessage) (*quiverAsk, error) {
	if string(data) == "false" {
		return nil, nil
	}
	var q quiverAsk
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		return nil, param.Refuse("quiver", "must be {\"method\": id or null} or false: %v", err)
	}
	if q.Cells == 0 {
		q.Cells = quiverCells
	}
	if q.Cells < minCells || q.Cells > maxQuiver {
		return nil, param.Refuse("cells", "a quiver has between %d and %d arrows a side; got %d", minCells, maxQuiver, q.Cells)
	}
	return &q, nil
}

// A quiverKey says what a quiver shows; walk is -1 for minus the gradient.
type quiverKey struct {
	group, version, cells, walk int
	at                          [4]float64
}

// A quiverWish is the quiver that a viewer looks at.
type quiverWish struct {
	wish[[]byte] // the message
	group, walk  int
	ask          *quiverAsk
	stale        bool // to be asked for, or again because plane or range changed
}

// renew asks again for the quiver of a ground whose plane or range changed.
func (w *quiverWish) renew(group int) {
	if w.ask != nil && w.group == group {
		w.stale = true
	}
}

// wishQuiver takes or takes back the wish of a view for arrows on a ground.
func (v *viewer) wishQuiver(ask *quiverAsk, group int) error {
	w := &v.quiver
	if ask == nil {
		w.cancel()
		w.ask = nil
		return nil
	}
	walk := -1
	if ask.Method != nil {
		v.run.run.View(func(t *sim.Trace) {
			walk = slices.IndexFunc(t.Methods, func(m *sim.MethodTrace) bool { return m.ID == *ask.Method })
		})
		if walk < 0 {
			return param.Refuse("quiver", "this run has no method %.40q", *ask.Method)
		}
		group = v.run.group[walk]
	}
	w.cancel()
	w.group, w.walk, w.ask, w.stale = group, walk, ask, true
	return nil
}

// serveQuiver asks for the quiver when the plane is known, and sends it when it is there.
func (v *viewer) serveQuiver() {
	w := &v.quiver
	if w.stale && v.grounds[w.group].version != 0 {
		w.stale = false
		w.cancel()
		v.draw()
	}
	if w.came {
		v.conn.out.put(w.ready)
		w.ready, w.came = nil, false
	}
}

// draw joins the computation of the quiver that is wished, or starts it.
func (v *viewer) draw() {
	r, w := v.run, &v.quiver
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.planes[planeKey{w.group, v.grounds[w.group].text}]
	if p == nil || p.version == 0 || len(p.shape.Origin) == 0 {
		return
	}
	shape := p.shape
	if g := &v.grid; g.ask != nil && g.ask.Range != nil && g.group == w.group {
		shape.Range = *g.ask.Range
	}
	key := quiverKey{w.group, p.version, w.ask.Cells, w.walk, shape.Range}
	r.quivers.join(v, &w.wish, key, gridTime, func(ctx context.Context, _ *job[[]byte], _ func([]byte)) ([]byte, error) {
		text, err := r.arrows(ctx, key, shape)
		if err != nil && ctx.Err() == nil {
			return textMessage(errorMessage{1, "error", "no quiver", problemOf(err).Detail, "quiver"}), nil
		}
		return text, err
	})
}

// arrows computes the message of a quiver on the core, in turns.
func (r *live) arrows(ctx context.Context, key quiverKey, shape landscape.Plane) ([]byte, error) {
	ctx, end, err := r.srv.core.share(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	ground := r.ground(key.group)
	move := func(dst, x []float64) bool {
		ground.Grad(dst, x)
		for i := range dst {
			dst[i] = -dst[i]
		}
		return true
	}
	method := ""
	if key.walk >= 0 {
		var ok bool
		if move, ok, err = r.run.FirstMove(key.walk); err != nil {
			return nil, err
		}
		r.run.View(func(t *sim.Trace) { method = t.Methods[key.walk].ID })
		if !ok {
			return nil, param.Refuse("quiver", "%s has no first move that can be told without playing it; null asks for minus the gradient", method)
		}
	}
	x, dst := make([]float64, ground.Dim()), make([]float64, ground.Dim())
	vectors := make([]byte, 0, 24*key.cells*key.cells)
	vectors = append(vectors, '[')
	along := func(low, high float64, i int) float64 { return low + (high-low)*float64(i)/float64(key.cells-1) }
	for i := range key.cells {
		for j := range key.cells {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			shape.Point(x, along(shape.Range[0], shape.Range[1], j), along(shape.Range[2], shape.Range[3], i))
			ds, dt := math.NaN(), math.NaN()
			if move(dst, x) {
				if ds, dt, err = shape.Along(dst); err != nil {
					return nil, err
				}
			}
			vectors = appendNumber(appendNumber(vectors, ds), dt)
		}
	}
	vectors[len(vectors)-1] = ']'
	m := quiverMessage{V: 1, Type: "quiver", Run: r.run.ID, Version: key.version, Rows: key.cells, Columns: key.cells, Range: shape.Range, Vectors: vectors}
	if method != "" {
		m.Method = &method
	}
	return textMessage(m), nil
}

// appendNumber writes a number with the digits a picture needs and a comma, null where JSON has none.
func appendNumber(b []byte, v float64) []byte {
	if number(v) == nil {
		return append(b, "null,"...)
	}
	return append(strconv.AppendFloat(b, v, 'g', 7, 64), ',')
}
