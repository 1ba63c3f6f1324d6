package opt

import "math"

// Parts returns what a walk by the rule is made of, for those who play one rule from many starts. It is false for
// rules that bring their own dynamics. Values left out keep their default.
func (r *Rule) Parts(h Hyper, env Env) (Parts, bool, error) {
	if r.parts == nil {
		return Parts{}, false, nil
	}
	values, err := r.fill(h, &env)
	if err != nil {
		return Parts{}, false, err
	}
	return r.complete(values, &env), true, nil
}

// Value is the present value of a hyper-parameter, NaN for one that the walk does not have.
func (w *Walk) Value(id string) float64 {
	if v, ok := w.values[id]; ok {
		return v
	}
	return math.NaN()
}

// Rule is the rule that the walk plays, nil for one made by NewWalk.
func (w *Walk) Rule() *Rule { return w.rule }
