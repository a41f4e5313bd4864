" SPDX-License-Identifier: LGPL-2.1-or-later
" :make says what is wrong with the file, and fills the quickfix list.
if exists('current_compiler')
	finish
endif
let current_compiler = 'mdevcompat'
CompilerSet makeprg=mdevcompat\ check\ --format=gcc\ %:S
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m,%f:\ %trror:\ %m
