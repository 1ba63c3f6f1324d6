package param

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
)

// A File is an upload: bytes that never change, named by their SHA-256, so that a run is a pure function of its spec
// whether the bytes came by a page, a command line or an export.
type File struct {
	// ID is the SHA-256 of the bytes in hex.
	ID string
	// Kind is what the bytes are: one of the words that a control's Accept may hold.
	Kind string
	// Bytes must not be changed.
	Bytes []byte

	mu   sync.Mutex
	read []reading
}

// A reading is what was made of a file once.
type reading struct {
	key   string
	value any
	err   error
}

// MaxReadings is how many readings a file remembers; the oldest is forgotten first.
const MaxReadings = 2

// NewFile names bytes. They must not be changed afterwards.
func NewFile(kind string, data []byte) *File {
	sum := sha256.Sum256(data)
	return &File{ID: hex.EncodeToString(sum[:]), Kind: kind, Bytes: data}
}

// IsFileID reports whether a text can be the name of a file: 64 hex digits, lower case.
func IsFileID(text string) bool {
	return len(text) == 2*sha256.Size && strings.Trim(text, "0123456789abcdef") == ""
}

// Reading returns what read makes of the file's bytes. It is remembered under the key with the file, errors too, so
// that defaults, checks and runs that look at one file read it once; nobody may change it.
func Reading[T any](f *File, key string, read func(data []byte) (T, error)) (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.read {
		if r.key == key {
			return r.value.(T), r.err
		}
	}
	v, err := read(f.Bytes)
	if len(f.read) == MaxReadings {
		f.read = f.read[1:]
	}
	f.read = append(f.read, reading{key, v, err})
	return v, err
}
