package sim

import (
	"thalweg/landscape"
	"thalweg/sim/param"
)

// A Stander goes on from where it is, with all its memory, over another ground of as many parameters.
type Stander interface {
	Stand(ground landscape.Func) error
}

// A footing is the ground beneath a stretch of a walk: of its records from a step on, until the next footing begins.
type footing struct {
	from   int
	ground landscape.Func
	read   []Reader // of each measure of the lab, nil where the ground does not give it
}

// foot lays the grounds of a walk: the one it starts on, and another after each turn of a control of the ground. The last
// of them is the one that pictures show.
func (w *walker) foot(lab *Lab, values param.Values) error {
	w.tr.footings = []footing{{0, w.c.Ground, readers(lab, &w.c)}}
	for _, m := range w.moves {
		if _, _, ofMethod := cutLast(m.Name); ofMethod {
			continue
		}
		if _, ok := w.c.Method.(Stander); !ok || w.c.Turned == nil {
			return param.Refuse(m.Name, "%s changes the ground, and %s cannot go on over another one: set it before the run, or leave %s out", m.Name, w.tr.ID, w.tr.ID)
		}
		values = values.With(m.Name, m.Value)
		c, err := w.c.Turned(values)
		if err != nil {
			return err
		}
		w.tr.footings = append(w.tr.footings, footing{m.Step + 1, c.Ground, readers(lab, &c)})
	}
	shown := w.tr.footings[len(w.tr.footings)-1].ground
	w.tr.Ground, w.c.Ground = shown, shown
	return nil
}

// footing is the one of a record.
func (t *MethodTrace) footing(step int) *footing {
	i := len(t.footings) - 1
	for t.footings[i].from > step {
		i--
	}
	return &t.footings[i]
}

// GroundAt is the ground that the record of a step was taken on. It differs from Ground before the last turn of a control
// of the ground.
func (t *MethodTrace) GroundAt(step int) landscape.Func { return t.footing(step).ground }

// turn makes a move: it changes a hyper-parameter of the method, or puts the method on another ground.
func (w *walker) turn(m Method, move Move) error {
	_, id, ofMethod := cutLast(move.Name)
	if !ofMethod {
		return m.(Stander).Stand(w.tr.GroundAt(move.Step + 1))
	}
	if t, ok := m.(Turner); ok {
		return t.Turn(id, move.Value.Num)
	}
	return nil
}
