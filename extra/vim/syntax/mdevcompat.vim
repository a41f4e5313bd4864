" SPDX-License-Identifier: LGPL-2.1-or-later
" Policies of mdevcompat, see mdevcompat.policy(5).  Words of the language are words like any other where a
" name stands; colouring them all the same is what an eye expects of them.
if exists('b:current_syntax')
	finish
endif
syntax case match
syntax iskeyword @,48-57,_,-

syntax keyword mdevcompatStatement language policy vendor applies speaks attribute local const rule test
syntax keyword mdevcompatStatement when accept same but offer refuse claim migratable
syntax keyword mdevcompatStatement target source expect because
syntax keyword mdevcompatOption revision fallback narrows driver type from default dynamic as
syntax keyword mdevcompatOption key separator field of format order major hex size
syntax keyword mdevcompatOperator in except subset superset disjoint not-newer any absent present self
syntax keyword mdevcompatType string enum bool int pci-id version versions set mask
syntax keyword mdevcompatFact parent device module os-release kernel-release site
syntax keyword mdevcompatKind mdev-type vfio-device
syntax keyword mdevcompatVerdict compatible incompatible unknown
syntax keyword mdevcompatBool yes no
syntax match mdevcompatOperator "[<>=]="
syntax match mdevcompatOperator "[-+*/=]\ze\s"
syntax match mdevcompatNumber "\<\d[0-9.]*\(<[0-9., \t]*>\|\.\*\|+\)\=\(\.\.[0-9.]\+\)\=[KMGT]\=\>\="
syntax match mdevcompatNumber "\<0x\x\+\>"
syntax match mdevcompatPciId "\<\x\{4}:\x\{4}\>"
syntax match mdevcompatVariable "{\s*\h\w*\s*\(:[^{}";#]*\)\=}"
syntax match mdevcompatSide "\<\(self\|source\)\.\h[A-Za-z0-9_-]*"
syntax match mdevcompatEscape contained "\\["\\]"
syntax match mdevcompatBadEscape contained "\\[^"\\]"
syntax region mdevcompatString start=+"+ skip=+\\["\\]+ end=+"+ oneline contains=mdevcompatEscape,mdevcompatBadEscape

syntax match mdevcompatComment "#.*" contains=@Spell
" What only looks as if it belonged here.
syntax match mdevcompatWrong "//.*\|/\*.*\|!=\|&&\|||"
syntax region mdevcompatBlock start="{" end="}" transparent fold contains=TOP

highlight default link mdevcompatStatement Statement
highlight default link mdevcompatOption    Keyword
highlight default link mdevcompatOperator  Operator
highlight default link mdevcompatType      Type
highlight default link mdevcompatFact      Identifier
highlight default link mdevcompatKind      Type
highlight default link mdevcompatVerdict   Constant
highlight default link mdevcompatBool      Boolean
highlight default link mdevcompatNumber    Number
highlight default link mdevcompatPciId     Number
highlight default link mdevcompatVariable  Special
highlight default link mdevcompatSide      Identifier
highlight default link mdevcompatEscape    SpecialChar
highlight default link mdevcompatBadEscape Error
highlight default link mdevcompatString    String
highlight default link mdevcompatComment   Comment
highlight default link mdevcompatWrong     Error

let b:current_syntax = 'mdevcompat'
