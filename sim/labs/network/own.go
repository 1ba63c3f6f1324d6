package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"thalweg/landscape/nets"
	"thalweg/sim/data"
	"thalweg/sim/files"
	"thalweg/sim/param"
)

// ownData is the problem of an uploaded table; a control of the same name holds it.
const ownData = "data"

// table reads the uploaded table with the columns that the controls name; nil where there is none.
func table(v param.Values) (*data.Table, error) {
	f := v.File(ownData)
	if f == nil {
		return nil, param.Refuse(ownData, "this problem needs a table: drop or paste a CSV")
	}
	t, err := files.TableOf(f, v.Text("data-target"), v.Text("data-inputs"))
	var mapping *data.MappingError
	var faults *data.Faults
	switch {
	case errors.As(err, &mapping):
		return nil, param.Refuse("data-"+mapping.Field, "%s", mapping.Text)
	case errors.As(err, &faults):
		return nil, param.Refuse(ownData, "%v", faults)
	}
	return t, err
}

// problemOf is the problem that the controls name, with the shape of the uploaded table where it is that. A table that
// cannot be read leaves it without inputs: the scene refuses it.
func problemOf(v param.Values) problem {
	p := findProblem(v.Text("problem"))
	if p.id != ownData {
		return p
	}
	t, err := table(v)
	if err != nil {
		return p
	}
	p.inputs, p.classes = t.Inputs, len(t.ClassNames)
	if t.Labels == nil {
		p.outputs = 1
	}
	return p
}

// rowsBy is all rows of an uploaded table, 400 of the others.
func rowsBy(v param.Values) param.Value {
	if v.Text("problem") == ownData {
		if t, err := table(v); err == nil {
			return param.Num(float64(t.Rows()))
		}
	}
	return param.Num(400)
}

// checkpointOf reads the uploaded weights, nil where there are none.
func checkpointOf(v param.Values) (*files.Checkpoint, error) {
	f := v.File("checkpoint")
	if f == nil {
		return nil, nil
	}
	c, err := files.CheckpointOf(f)
	if err != nil {
		return nil, param.Refuse("checkpoint", "%v", err)
	}
	return c, nil
}

// widthsBy, activationBy and biasBy are what uploaded weights say of their net.
func widthsBy(v param.Values) param.Value {
	if c, err := checkpointOf(v); c != nil && err == nil {
		return param.Word(c.Hidden())
	}
	return param.Word("16-16")
}

func activationBy(v param.Values) param.Value {
	if c, err := checkpointOf(v); c != nil && err == nil && slices.ContainsFunc(activations, func(a param.Choice) bool { return a.ID == c.Activation }) {
		return param.Word(c.Activation)
	}
	return param.Word("tanh")
}

func biasBy(v param.Values) param.Value {
	c, err := checkpointOf(v)
	return param.On(c == nil || err != nil || c.Bias)
}

// begin gives the first weights of a net by the number of their draw: those that were uploaded, which must be of its
// shape and are the same for all, else drawn ones.
func (r recipe) begin(shape nets.Shape) (func(run int) []float64, error) {
	c := r.checkpoint
	if c == nil {
		return func(run int) []float64 { return shape.Init(r.init, r.initScale, r.seed, uint64(run)) }, nil
	}
	if len(shape.Filters) > 0 {
		return nil, param.Refuse("architecture", "the uploaded weights are of a dense net with hidden widths '%s', not of convolutions", c.Hidden())
	}
	first, last := len(c.Sizes)-1, len(shape.Sizes)-1
	if in := shape.Sizes[0]; c.Sizes[0] != in {
		return nil, param.Refuse("checkpoint", "first layer takes %d inputs, the data have %d", c.Sizes[0], in)
	}
	if out := shape.Sizes[last]; c.Sizes[first] != out {
		what := "outputs"
		if r.problem.classes > 0 {
			what = "classes"
		}
		return nil, param.Refuse("checkpoint", "last layer gives %d outputs, the data have %d %s", c.Sizes[first], out, what)
	}
	if !slices.Equal(c.Sizes, shape.Sizes) {
		return nil, param.Refuse("architecture", "the uploaded weights are of hidden widths '%s', not '%s'", c.Hidden(), strings.Trim(strings.Join(strings.Fields(fmt.Sprint(shape.Sizes[1:last])), "-"), "[]"))
	}
	if c.Bias != shape.Bias {
		return nil, param.Refuse("bias", "the uploaded weights have %s", map[bool]string{true: "biases", false: "no biases"}[c.Bias])
	}
	return func(int) []float64 { return slices.Clone(c.Theta) }, nil
}
