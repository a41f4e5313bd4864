# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes each policy of cases.table into a file of its own, but those that are refused.
# awk -v folder=DIR -f policies.awk cases.table
function put() {
	if (text == "")
		return
	if (!refused) {
		name = sprintf("%s/%03d.policy", folder, ++n)
		printf "%s", text >name
		close(name)
	}
	text = ""
	refused = 0
}
/^\t/ { if (!inside) put(); inside = 1; text = text substr($0, 2) "\n"; next }
/^refused:/ { refused = 1 }
/./ { inside = 0 }
END { put(); print n }
