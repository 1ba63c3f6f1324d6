// Package templates holds the pages, written in templ.
package templates

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// A Page is what every page needs to know.
type Page struct {
	Base   string // the path that Thalweg is served under, "" or "/some/path"
	Assets string // the path of the static files
	Title  string
	Theme  string // "light", "dark" or "" for the reader's own
}

// A Card is a lab in the gallery.
type Card struct {
	ID, Title, Question, Source string
	Claims                      int
	Preset                      string // the preset that it opens on, the one of its picture
	Formula                     bool   // whether its ground may be a formula of one's own
	Thumb                       string // the path of its picture
}

// A Shell is the frame of a lab's page.
type Shell struct {
	ID, Title, Citation string
	Embed               bool
}

// parts are the style sheets of a lab's page beside lab.css, each of one concern.
var parts = [...]string{"landscape", "panels", "teach", "export"}

// home is the path of the gallery.
func home(p Page) templ.SafeURL { return templ.SafeURL(p.Base + "/") }

// labURL is the path of a lab at the preset of its card.
func labURL(p Page, c Card) templ.SafeURL {
	link := p.Base + "/lab/" + c.ID
	if c.Preset != "" {
		link += "?preset=" + c.Preset
	}
	return templ.SafeURL(link)
}

// formulaURL is the path of the first lab that takes a formula of one's own as its ground, "" without any.
func formulaURL(p Page, cards []Card) templ.SafeURL {
	for _, c := range cards {
		if c.Formula {
			return templ.SafeURL(p.Base + "/lab/" + c.ID + "?problem=formula")
		}
	}
	return ""
}

// theme is the attribute of a page whose link asks for a theme.
func theme(name string) templ.Attributes {
	if name == "" {
		return nil
	}
	return templ.Attributes{"data-theme": name}
}

func claims(n int) string {
	if n == 1 {
		return "1 claim"
	}
	return strconv.Itoa(n) + " claims"
}

// laboratories counts the labs, in words where that is usual.
func laboratories(n int) string {
	words := [...]string{"No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"}
	switch {
	case n == 1:
		return "One laboratory"
	case n < len(words):
		return words[n] + " laboratories"
	}
	return strconv.Itoa(n) + " laboratories"
}

// each is the subject of what holds for all labs.
func each(n int) string {
	if n == 1 {
		return "It"
	}
	return "Each one"
}

// capital begins with a capital letter.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// sentence begins with a capital letter and ends with a stop.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return capital(s)
	}
	return capital(s) + "."
}
