// Package static holds the files that pages load: styles, scripts, vendored libraries, icons.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"sync"
)

// FS holds the files by the path that follows /static/{hash}/.
//
//go:embed css js vendor favicon.svg NOTICES.md
var FS embed.FS

// Hash is twelve hex digits that change with any name or byte of the files.
var Hash = sync.OnceValue(func() string {
	h := sha256.New()
	err := fs.WalkDir(FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := FS.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d\n", name, len(b))
		h.Write(b)
		return nil
	})
	if err != nil {
		panic(err) // the files are part of the program
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
})
