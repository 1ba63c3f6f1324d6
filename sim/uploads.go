package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"thalweg/sim/files"
	"thalweg/sim/param"
)

// Files is where uploads are found by the name that their bytes give them.
type Files interface {
	// File returns the upload of a name, and false when it is not here.
	File(id string) (*param.File, bool)
}

// Uploads are files in memory: what a command line was given, or an export carried.
type Uploads map[string]*param.File

// File implements Files.
func (u Uploads) File(id string) (*param.File, bool) {
	f, ok := u[id]
	return f, ok
}

// Add keeps a file.
func (u Uploads) Add(f *param.File) { u[f.ID] = f }

// either looks for a file in one place and then in another; both may be nil.
type either struct{ first, second Files }

func (e either) File(id string) (*param.File, bool) {
	for _, from := range []Files{e.first, e.second} {
		if from == nil {
			continue
		}
		if f, ok := from.File(id); ok {
			return f, true
		}
	}
	return nil, false
}

// attach puts the file that a value names into the value.
func attach(c *param.Control, v param.Value, from Files) (param.Value, error) {
	if len(c.Accept) == 0 || v.Text == "" {
		return v, nil
	}
	var f *param.File
	if from != nil {
		f, _ = from.File(v.Text)
	}
	switch {
	case f == nil:
		return v, param.Refuse(c.ID, "the file %.12s… is not here: drop it again", v.Text)
	case !slices.Contains(c.Accept, f.Kind):
		return v, param.Refuse(c.ID, "takes a %s; the file %.12s… is a %s", strings.Join(c.Accept, " or a "), v.Text, f.Kind)
	}
	v.File = f
	return v, nil
}

// Files are the uploads that the values of a spec name, by their names.
func (s *Spec) Files() Uploads {
	out := Uploads{}
	see := func(values param.Values) {
		for _, e := range values {
			if e.Value.File != nil {
				out.Add(e.Value.File)
			}
		}
	}
	see(s.Values)
	for i := range s.Methods {
		see(s.Methods[i].Own)
	}
	return out
}

// sorted lists files by name, so that equal specs are written alike.
func (u Uploads) sorted() []*param.File {
	var out []*param.File
	for _, id := range slices.Sorted(maps.Keys(u)) {
		out = append(out, u[id])
	}
	return out
}

// File returns the bytes of an upload that a value of the setup names. They must not be changed.
func (s Setup) File(id string) ([]byte, error) {
	if f, ok := s.Spec.Files().File(id); ok {
		return f.Bytes, nil
	}
	return nil, fmt.Errorf("no value of this run names the file %.12s…", id)
}

// Upload turns each value @path of a control that takes files into the name of the file's bytes, in controls and in
// methods (gd:checkpoint=@a.safetensors), and keeps the file with the draft. read gives the bytes at a path.
func (d *Draft) Upload(l *Lab, read func(path string) ([]byte, error)) error {
	kept := Uploads{}
	for i := range d.Values {
		v := &d.Values[i]
		if err := kept.take(l, v.Name, &v.Text, read); err != nil {
			return err
		}
	}
	for i, m := range d.Methods {
		head, rest, _ := strings.Cut(m, ":")
		parts := strings.Split(rest, ",")
		for j, part := range parts {
			name, text, ok := strings.Cut(part, "=")
			if !ok {
				continue
			}
			if err := kept.take(l, name, &text, read); err != nil {
				return err
			}
			parts[j] = name + "=" + text
		}
		if rest != "" {
			d.Methods[i] = head + ":" + strings.Join(parts, ",")
		}
	}
	d.Files = either{kept, d.Files}
	return nil
}

// take uploads the file that a value names by its path.
func (u Uploads) take(l *Lab, name string, text *string, read func(path string) ([]byte, error)) error {
	path, ok := strings.CutPrefix(*text, "@")
	takes := slices.ContainsFunc(l.Controls, func(c param.Control) bool { return c.ID == name && len(c.Accept) > 0 })
	if !ok || !takes {
		return nil
	}
	data, err := read(path)
	if err != nil {
		return param.Refuse(name, "%v", err)
	}
	r, err := files.Read(data)
	if err != nil {
		return param.Refuse(name, "%s: %v", path, err)
	}
	u.Add(r.File)
	*text = r.File.ID
	return nil
}
