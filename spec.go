package main

import (
	"encoding/json"
	"slices"
	"strings"

	"thalweg/sim"
	"thalweg/sim/files"
	"thalweg/sim/labs"
	"thalweg/sim/param"
)

// specFlags are the flags that make a spec.
type specFlags struct {
	Preset  string   `help:"Preset to start from."`
	Set     []string `sep:"none" placeholder:"NAME=VALUE" help:"Set a control; repeatable. Of a control that takes files, @FILE uploads one."`
	Methods *string  `placeholder:"M;M" help:"Methods, as 'gd:step-size=0.1;slow=adam:step-size=1e-4'."`
	Move    []string `sep:"none" placeholder:"STEP:NAME=VALUE" help:"Turn a live control at a step; repeatable."`
	Seed    *uint64  `help:"Seed, 0 to 2^53-1."`
	Steps   *int     `help:"Number of steps."`
}

// draft reads the flags as a spec of a lab. A value @file of a control that takes files uploads the file.
func (f *specFlags) draft(l *sim.Lab) (sim.Draft, error) {
	up := sim.Uploads{}
	d := sim.Draft{Preset: f.Preset, Seed: f.Seed, Steps: f.Steps, Files: up}
	for _, kv := range f.Set {
		name, text, ok := strings.Cut(kv, "=")
		if !ok {
			return d, param.Refuse("set", "%q is not name=value", kv)
		}
		text, err := uploaded(l, name, text, up)
		if err != nil {
			return d, err
		}
		d.Values = append(d.Values, sim.Pair{Name: name, Text: text})
	}
	if f.Methods != nil {
		d.Methods = sim.SplitMethods(*f.Methods)
		for i, m := range d.Methods {
			var err error
			if d.Methods[i], err = uploadedIn(l, m, up); err != nil {
				return d, err
			}
		}
	}
	for _, m := range f.Move {
		if err := d.Move(m); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (c *runCmd) spec() (*sim.Spec, error) {
	if c.Spec == "" {
		l, err := lab(c.Lab)
		if err != nil {
			return nil, err
		}
		d, err := c.draft(l)
		if err != nil {
			return nil, err
		}
		return l.Resolve(d)
	}
	if strings.Contains(c.Spec, "/lab/") {
		d, err := sim.ParseLink(c.Spec)
		if err != nil {
			return nil, err
		}
		return c.resolve(d)
	}
	data, err := readFile(c.Spec)
	if err != nil {
		return nil, err
	}
	d, err := sim.DecodeDraft(data)
	if err == nil {
		return c.resolve(d)
	}
	// An export of any format holds its spec, and the files that it needs.
	recipe, other := sim.ReadRecipe(data, labs.All, nil)
	if other == nil {
		return recipe.Spec, nil
	}
	var holds struct{ Spec, Link json.RawMessage }
	if json.Unmarshal(data, &holds) == nil && holds.Spec == nil && holds.Link == nil {
		return nil, err
	}
	return nil, other
}

func (c *runCmd) resolve(d sim.Draft) (*sim.Spec, error) {
	if d.Lab == "" {
		d.Lab = c.Lab
	}
	l, err := lab(d.Lab)
	if err != nil {
		return nil, err
	}
	return l.Resolve(d)
}

// uploaded turns a value @file of a control that takes files into the name of its bytes, and keeps the file.
func uploaded(l *sim.Lab, name, text string, up sim.Uploads) (string, error) {
	path, ok := strings.CutPrefix(text, "@")
	takes := slices.ContainsFunc(l.Controls, func(k param.Control) bool { return k.ID == name && len(k.Accept) > 0 })
	if !ok || !takes {
		return text, nil
	}
	data, err := readFile(path)
	if err != nil {
		return "", param.Refuse(name, "%v", err)
	}
	r, err := files.Read(data)
	if err != nil {
		return "", param.Refuse(name, "%s: %v", path, err)
	}
	up.Add(r.File)
	return r.File.ID, nil
}

// uploadedIn does the same with the values of a method: gd:checkpoint=@a.safetensors.
func uploadedIn(l *sim.Lab, method string, up sim.Uploads) (string, error) {
	head, rest, ok := strings.Cut(method, ":")
	if !ok {
		return method, nil
	}
	parts := strings.Split(rest, ",")
	for i, part := range parts {
		name, text, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		text, err := uploaded(l, name, text, up)
		if err != nil {
			return "", err
		}
		parts[i] = name + "=" + text
	}
	return head + ":" + strings.Join(parts, ","), nil
}
