# SPDX-License-Identifier: LGPL-2.1-or-later
# mdevcompat-diagnostics(7) for scdoc, from engine/base/diag-codes.def: awk -v top=SOURCE -f ... FILE.
# An entry without an example of its own shows the first diagnostic of the golden file of its name. With
# -v strict=1 an entry that lacks a part is an error; a build need not fail for a text.

function complain(text) {
	if (!strict)
		return
	print FILENAME ": " name ": " text >"/dev/stderr"
	wrong = 1
}

# What scdoc would take for markup.
function plain(text) {
	gsub(/[\\*_]/, "\\\\&", text)
	return text
}

# An example as it stands: backslashes mean something there too, and tabs end where they did.
function literal(text,    out, column, i, c) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\t")
			c = substr("        ", column % 8 + 1)
		column += length(c)
		out = out (c == "\\" ? "\\\\" : c)
	}
	return out
}

# The golden file's first diagnostic of this code: up to the next one that has a code.
function golden(    file, line, n, i, own) {
	file = tolower(name)
	gsub(/_/, "-", file)
	own = sprintf("[MDC-%03d]", number)
	for (i = 1; i in folder; i++) {
		n = 0
		while ((getline line <(folder[i] "/" file ".expected")) > 0) {
			if (n > 0 && line !~ /^ / && line !~ /: note: /)
				break
			if (n > 0 || index(line, own))
				example[++n] = line
		}
		close(folder[i] "/" file ".expected")
		if (n > 0)
			return n
	}
	return 0
}

function flush_entry(    i) {
	if (name == "")
		return
	if (meaning == "")
		complain("no text that says what it means")
	if (way == "")
		complain("no line that begins with \"Way out:\"")
	if (n_example == 0)
		n_example = golden()
	if (n_example == 0)
		complain("no example: neither here nor in tests/.../bad/")
	printf "## MDC-%03d: %s\n\n%s. %s\n\n", number, plain(summary), severity, plain(meaning)
	if (n_example > 0)
		print "```"
	for (i = 1; i <= n_example; i++)
		print literal(example[i])
	if (n_example > 0)
		print "```\n"
	if (way != "")
		printf "*Way out:* %s\n\n", plain(way)
	name = ""
}

BEGIN {
	folder[1] = top "/tests/grammar/bad"
	folder[2] = top "/tests/lint/bad"
	folder[3] = top "/tests/lint"
	folder[4] = top "/tests/cli/bad"
	word["ERROR"] = "An error"
	word["WARNING"] = "A warning"
	word["INFO"] = "For information"
	print "mdevcompat-diagnostics(7) \"mdevcompat\" \"Formats\"\n"
	print "# NAME\n\nmdevcompat-diagnostics - what diagnostics of policies mean, and what to do\n"
	print "# DESCRIPTION\n"
	print "*mdevcompat check*, and whatever else compiles policies, says what is wrong as"
	print "_FILE_:_LINE_:_COLUMN_: _severity_: _text_ [MDC-_nnn_], with the source line, a mark under the place,"
	print "a second place that belongs to it, and, where it is known, what to write instead. The code never"
	print "changes its meaning and is never used again. It stands in the output of *--json* and *--format=gcc*"
	print "as well.\n"
	print "Errors keep a policy from being used (exit status 3). Warnings and information do not.\n"
	print "# CODES\n"
}

/^DIAG_CODE\(DIAG_/ {
	flush_entry()
	line = $0
	sub(/^DIAG_CODE\(DIAG_/, "", line)
	name = line
	sub(/,.*/, "", name)
	number = line
	sub(/^[^,]*, */, "", number)
	severity = number
	sub(/,.*/, "", number)
	sub(/^[^,]*, *DIAG_/, "", severity)
	summary = severity
	sub(/,.*/, "", severity)
	severity = word[severity]
	sub(/^[^"]*"/, "", summary)
	sub(/"\).*/, "", summary)
	meaning = way = ""
	n_example = part = inside = 0
	if (severity == "" || summary == "")
		complain("not DIAG_CODE(id, number, severity, summary) on one line")
	expects = 1
	next
}

expects && /^\/\*/ {
	inside = 1
	expects = 0
	sub(/^\/\*/, " *")
}

inside {
	last = /\*\//
	sub(/ *\*\/.*/, "")
	sub(/^ \* ?/, "")
	if (/^\t/) {
		example[++n_example] = substr($0, 2)
	} else if ($0 != "") {
		if (sub(/^Way out: */, ""))
			part = 1
		if (part)
			way = way (way == "" ? "" : " ") $0
		else
			meaning = meaning (meaning == "" ? "" : " ") $0
	}
	if (last)
		inside = 0
	next
}

NF { expects = 0 }

END {
	flush_entry()
	print "# SEE ALSO\n\nmdevcompat(1), mdevcompat.policy(5)"
	exit wrong
}
