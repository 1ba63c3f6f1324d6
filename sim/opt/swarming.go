package opt

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
