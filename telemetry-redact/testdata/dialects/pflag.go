// What spf13/cobra and spf13/pflag make of each command line of standard input, for `../dialects.jsonl`.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run pflag.go < lines.txt
//
// The program is the one of `../orchard.json`. Made with cobra 1.6.1 and pflag 1.0.6~git20210604 of Debian 12.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// absent stands for an optional value that is not there.
const absent = "\x00"

type row struct {
	Dialect string   `json:"dialect"`
	Line    []string `json:"line"`
	Means   []string `json:"means"`
}

func values(flags *pflag.FlagSet, name, short string) {
	flags.StringArrayP(name, short, nil, "")
}

func program(means *[]string) *cobra.Command {
	run := func(command *cobra.Command, args []string) {
		found := strings.Fields(command.CommandPath())[1:]
		command.Flags().Visit(func(flag *pflag.Flag) {
			if array, ok := flag.Value.(pflag.SliceValue); ok {
				for _, value := range array.GetSlice() {
					if value == absent {
						found = append(found, "--"+flag.Name)
					} else {
						found = append(found, "--"+flag.Name+"="+value)
					}
				}
			} else {
				found = append(found, "--"+flag.Name+"="+flag.Value.String())
			}
		})
		*means = append(append(found, "--"), args...)
	}
	command := func(use string, aliases ...string) *cobra.Command {
		return &cobra.Command{Use: use, Aliases: aliases, Run: run, SilenceErrors: true, SilenceUsage: true}
	}
	root := command("orchard")
	values(root.PersistentFlags(), "profile", "P")
	root.PersistentFlags().BoolP("quiet", "q", false, "")
	trees := command("trees", "tree")
	plant := command("plant", "add")
	values(plant.Flags(), "fruit", "f")
	values(plant.Flags(), "name", "N")
	values(plant.Flags(), "output", "o")
	plant.Flags().BoolP("dry-run", "n", false, "")
	values(plant.Flags(), "colour", "")
	plant.Flags().Lookup("colour").NoOptDefVal = absent
	list := command("list", "ls")
	values(list.Flags(), "output", "o")
	trees.AddCommand(plant, list)
	root.AddCommand(trees, command("register"))
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	return root
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		line := strings.Fields(lines.Text())
		var means []string
		root := program(&means)
		root.SetArgs(line)
		if root.Execute() != nil {
			means = nil
		}
		encoded, _ := json.Marshal(row{"pflag", line, means})
		fmt.Println(string(encoded))
	}
}
