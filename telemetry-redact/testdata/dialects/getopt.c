// What getopt_long makes of each command line of standard input, for `../dialects.jsonl`: options up to the first
// word that is none, as git reads those of its own and of its commands with commands; options among the arguments for
// the last command.
//
//     cc -o getopt getopt.c && ./getopt < lines.txt
//
// The program is the one of `../orchard.json`. Made with the GNU C library 2.36 of Debian 12.
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define MOST 64

static const struct option common[] = {
    {"profile", required_argument, 0, 'P'}, {"quiet", no_argument, 0, 'q'}, {0}};
static const struct option plant[] = {
    {"profile", required_argument, 0, 'P'}, {"quiet", no_argument, 0, 'q'},
    {"fruit", required_argument, 0, 'f'},   {"name", required_argument, 0, 'N'},
    {"output", required_argument, 0, 'o'},  {"dry-run", no_argument, 0, 'n'},
    {"colour", optional_argument, 0, 1},    {0}};
static const struct option list[] = {
    {"profile", required_argument, 0, 'P'}, {"quiet", no_argument, 0, 'q'},
    {"output", required_argument, 0, 'o'},  {0}};

static const struct command {
    const char *above, *word, *shorts;
    const struct option *longs;
} commands[] = {{"", "trees", "+P:q", common},
                {"trees", "plant", "P:qf:N:o:n", plant},
                {"trees", "list", "P:qo:", list},
                {"", "register", "P:q", common}};

static char out[4096];

static void put(const char *text) {
    snprintf(out + strlen(out), sizeof out - strlen(out), "%s\"%s\"", *out ? "," : "", text);
}

// Whether the line is taken; what it means is in `out`.
static int means(int argc, char **argv) {
    const char *above = "", *shorts = "+P:q";
    const struct option *longs = common;
    char paths[256] = "", flags[2048] = "", text[512];
    out[0] = 0;
    for (;;) {
        int letter, at;
        optind = 0;
        opterr = 0;
        while ((letter = getopt_long(argc, argv, shorts, longs, &at)) != -1) {
            if (letter == '?')
                return 0;
            const struct option *found = longs;
            while (found->val != letter)
                found++;
            const char *value = found->has_arg == no_argument ? "true" : optarg;
            snprintf(text, sizeof text, ",\"--%s%s%s\"", found->name, value ? "=" : "", value ? value : "");
            strncat(flags, text, sizeof flags - strlen(flags) - 1);
        }
        int was_separated = optind > 1 && !strcmp(argv[optind - 1], "--");
        const struct command *next = 0;
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            if (*shorts == '+' && !was_separated && optind < argc && !strcmp(commands[i].above, above) &&
                !strcmp(commands[i].word, argv[optind]))
                next = &commands[i];
        if (!next)
            break;
        snprintf(text, sizeof text, "%s\"%s\"", *paths ? "," : "", next->word);
        strncat(paths, text, sizeof paths - strlen(paths) - 1);
        above = next->word, shorts = next->shorts, longs = next->longs;
        // The word takes the place of the program's name.
        argc -= optind, argv += optind;
    }
    strcat(out, paths);
    strcat(out, *out ? flags : flags + (*flags == ','));
    put("--");
    while (optind < argc)
        put(argv[optind++]);
    return 1;
}

int main(void) {
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        char *argv[MOST] = {"orchard"};
        int argc = 1;
        printf("{\"dialect\":\"getopt\",\"line\":[");
        for (char *word = strtok(line, " \n"); word && argc < MOST - 1; word = strtok(0, " \n")) {
            printf("%s\"%s\"", argc > 1 ? "," : "", word);
            argv[argc++] = word;
        }
        argv[argc] = 0;
        if (means(argc, argv))
            printf("],\"means\":[%s]}\n", out);
        else
            printf("],\"means\":null}\n");
    }
}
