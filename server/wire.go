package server

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The kinds of binary frames.
const (
	kindScalars = 1 + iota
	kindPath
	kindGrid
	kindVector
	kindImage
	kindPoints
)

// The flags of a frame.
const (
	flagThinned = 1 // some rows between the first and the last were left out
	flagLast    = 2 // holds the last row of its method in this run
)

// whole stands for the whole run where a frame names a method, and for the swarm where it names a measure.
const whole = 0xffff

// headerSize is the length of a frame's header; payloads start there, 8-byte aligned.
const headerSize = 40

// maxFrame bounds the payload that a decoder believes: a grid of 512 x 512 is 1 MiB.
const maxFrame = 16 << 20

// A header says what the rows behind it are.
type header struct {
	kind     uint8
	flags    uint16
	run      uint64
	method   uint16
	measure  uint16
	step     uint32
	sequence uint32
	rows     uint32
	columns  uint32
}

// width is the size of one number of a kind: what is computed with is sent in full, what is looked at in half.
func width(kind uint8) int {
	switch kind {
	case kindGrid, kindImage, kindPoints:
		return 4
	}
	return 8
}

// frameSize is the length of a frame with its padding.
func frameSize(kind uint8, rows, columns int) int {
	return headerSize + (rows*columns*width(kind)+7)&^7
}

func appendHeader(b []byte, h header) []byte {
	b = append(b, "THLW"...)
	b = append(b, 1, h.kind)
	b = binary.LittleEndian.AppendUint16(b, h.flags)
	b = binary.LittleEndian.AppendUint64(b, h.run)
	b = binary.LittleEndian.AppendUint16(b, h.method)
	b = binary.LittleEndian.AppendUint16(b, h.measure)
	b = binary.LittleEndian.AppendUint32(b, h.step)
	b = binary.LittleEndian.AppendUint32(b, h.sequence)
	b = binary.LittleEndian.AppendUint32(b, h.rows)
	b = binary.LittleEndian.AppendUint32(b, h.columns)
	return binary.LittleEndian.AppendUint32(b, 0)
}

// appendNumbers writes numbers in the width of a kind.
func appendNumbers(b []byte, kind uint8, v []float64) []byte {
	if width(kind) == 8 {
		for _, x := range v {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
		return b
	}
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	return b
}

// pad fills a payload of n bytes up to a multiple of eight.
func pad(b []byte, n int) []byte {
	for ; n%8 != 0; n++ {
		b = append(b, 0)
	}
	return b
}

// appendFrame writes a whole frame; values are rows x columns, row-major.
func appendFrame(b []byte, h header, values []float64) []byte {
	b = appendHeader(b, h)
	b = appendNumbers(b, h.kind, values)
	return pad(b, len(values)*width(h.kind))
}

// errFrame is wrapped by every refusal of bytes that are not a frame.
var errFrame = errors.New("not a frame of thalweg.v1")

// A frame is a decoded frame; pictures are widened to float64, which loses nothing.
type frame struct {
	header
	values []float64
}

// decodeFrames reads the frames of a binary message. It takes what appendFrame writes and nothing else, so that
// encoding what it returns gives the same bytes.
func decodeFrames(b []byte) ([]frame, error) {
	var out []frame
	for len(b) > 0 {
		if len(b) < headerSize {
			return nil, fmt.Errorf("%w: %d bytes are left for a header of %d", errFrame, len(b), headerSize)
		}
		if string(b[:4]) != "THLW" || b[4] != 1 {
			return nil, fmt.Errorf("%w: starts with %q version %d", errFrame, b[:4], b[4])
		}
		f := frame{header: header{
			kind: b[5], flags: binary.LittleEndian.Uint16(b[6:]), run: binary.LittleEndian.Uint64(b[8:]),
			method: binary.LittleEndian.Uint16(b[16:]), measure: binary.LittleEndian.Uint16(b[18:]),
			step: binary.LittleEndian.Uint32(b[20:]), sequence: binary.LittleEndian.Uint32(b[24:]),
			rows: binary.LittleEndian.Uint32(b[28:]), columns: binary.LittleEndian.Uint32(b[32:]),
		}}
		if f.kind < kindScalars || f.kind > kindPoints {
			return nil, fmt.Errorf("%w: kind %d is not one of 1 to 6", errFrame, f.kind)
		}
		if f.flags&^(flagThinned|flagLast) != 0 || binary.LittleEndian.Uint32(b[36:]) != 0 {
			return nil, fmt.Errorf("%w: bits that must be zero are set", errFrame)
		}
		if f.run >= 1<<48 {
			return nil, fmt.Errorf("%w: run %x has more than 12 hex digits", errFrame, f.run)
		}
		size := uint64(f.rows) * uint64(f.columns)
		if size > maxFrame/4 || size == 0 && f.rows|f.columns != 0 {
			return nil, fmt.Errorf("%w: %d x %d numbers", errFrame, f.rows, f.columns)
		}
		n := int(size) * width(f.kind)
		end := headerSize + (n+7)&^7
		if len(b) < end {
			return nil, fmt.Errorf("%w: %d x %d numbers need %d bytes, %d are there", errFrame, f.rows, f.columns, end, len(b))
		}
		for _, p := range b[headerSize+n : end] {
			if p != 0 {
				return nil, fmt.Errorf("%w: padding is not zero", errFrame)
			}
		}
		f.values = make([]float64, size)
		for i := range f.values {
			if width(f.kind) == 8 {
				f.values[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[headerSize+8*i:]))
			} else {
				f.values[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[headerSize+4*i:])))
			}
		}
		out = append(out, f)
		b = b[end:]
	}
	return out, nil
}
