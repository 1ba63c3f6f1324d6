package sim

import (
	"bytes"
	"errors"
	"strings"

	"thalweg/sim/files"
	"thalweg/sim/param"
)

// Inspect finds out what bytes are that somebody wants to use: a table, a checkpoint, a surface, paths, or an export of
// this program by itself, a snapshot. The recipe is that of an export of any kind, nil where there is none; of an NPZ
// or a checkpoint that carries one it stands beside what can be used. Errors are those of files.Read and ReadRecipe.
func Inspect(data []byte, labs []*Lab, known Files) (*files.Report, *Recipe, error) {
	if !exported(data) {
		r, err := files.Read(data)
		var unknown *files.Unknown
		if err != nil && !errors.As(err, &unknown) {
			return nil, nil, err
		}
		recipe, none := ReadRecipe(data, labs, known)
		switch {
		case err == nil && none != nil:
			return r, nil, nil
		case err == nil:
			return r, &recipe, nil
		case none != nil:
			return nil, nil, err
		}
		return snapshot(data), &recipe, nil // a zip of pgfplots
	}
	recipe, err := ReadRecipe(data, labs, known)
	if err != nil {
		return nil, nil, err
	}
	return snapshot(data), &recipe, nil
}

func snapshot(data []byte) *files.Report {
	return &files.Report{File: param.NewFile(files.KindSnapshot, data), Weight: len(data)}
}

// exported tells exports from the files of others by their first bytes.
func exported(data []byte) bool {
	for _, magic := range []string{"\x89PNG", "GIF8", "\x1a\x45\xdf\xa3", "\xff\xd8\xff", "%PDF", "# {"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return true
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	return len(text) > 0 && strings.IndexByte("{<%\\", text[0]) >= 0 || len(data) > 12 && string(data[4:8]) == "ftyp"
}
