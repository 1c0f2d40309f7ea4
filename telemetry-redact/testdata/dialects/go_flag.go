// What Go's package `flag` makes of each command line of standard input, for `../dialects.jsonl`: one set of flags for
// each command, as the go command itself has them.
//
//	go run go_flag.go < lines.txt
//
// The program is the one of `../orchard.json`. Made with Go 1.19 of Debian 12.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

type row struct {
	Dialect string   `json:"dialect"`
	Line    []string `json:"line"`
	Means   []string `json:"means"`
}

// value notes each use of a flag under its long name.
type value struct {
	name     string
	isSwitch bool
	found    *[]string
}

func (v value) String() string   { return "" }
func (v value) IsBoolFlag() bool { return v.isSwitch }
func (v value) Set(text string) error {
	if v.isSwitch {
		var parsed bool
		if err := parseBool(text, &parsed); err != nil {
			return err
		}
		text = fmt.Sprint(parsed)
	}
	*v.found = append(*v.found, "--"+v.name+"="+text)
	return nil
}

func parseBool(text string, parsed *bool) error {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(parsed, "b", false, "")
	return set.Parse([]string{"-b=" + text})
}

var persistent = []string{"profile P", "quiet q"}
var commands = map[string][]string{
	"":            persistent,
	"trees":       persistent,
	"register":    persistent,
	"trees plant": append([]string{"fruit f", "name N", "output o", "dry-run n"}, persistent...),
	"trees list":  append([]string{"output o"}, persistent...),
}

func means(line []string) []string {
	var path, flags []string
	args := line
	for {
		set := flag.NewFlagSet("", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		for _, names := range commands[strings.Join(path, " ")] {
			long := strings.Fields(names)[0]
			for _, name := range strings.Fields(names) {
				set.Var(value{long, long == "quiet" || long == "dry-run", &flags}, name, "")
			}
		}
		if set.Parse(args) != nil {
			return nil
		}
		rest := set.Args()
		// What stands behind `--` is an argument, as with the other parsers. Programs differ there.
		at := len(args) - len(rest)
		isSeparated := at > 0 && args[at-1] == "--"
		args = rest
		if len(args) > 0 && !isSeparated {
			below := append(append([]string{}, path...), args[0])
			if _, known := commands[strings.Join(below, " ")]; known {
				path, args = below, args[1:]
				continue
			}
		}
		return append(append(append(path, flags...), "--"), args...)
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		line := strings.Fields(lines.Text())
		encoded, _ := json.Marshal(row{"go_flag", line, means(line)})
		fmt.Println(string(encoded))
	}
}
