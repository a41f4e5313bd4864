" SPDX-License-Identifier: LGPL-2.1-or-later
if exists('b:did_ftplugin')
	finish
endif
let b:did_ftplugin = 1

setlocal commentstring=#\ %s comments=:# noexpandtab shiftwidth=8 tabstop=8
setlocal iskeyword+=-
compiler mdevcompat
let b:undo_ftplugin = 'setlocal commentstring< comments< expandtab< shiftwidth< tabstop< iskeyword< makeprg< errorformat<'
