" SPDX-License-Identifier: LGPL-2.1-or-later
" Other programs have files called *.policy too, so the first statement decides.
autocmd BufNewFile,BufRead */mdevcompat/policies/*.policy setfiletype mdevcompat
autocmd BufRead *.policy,*.policy.template if search('^\s*language\s\+\d\+\s*;', 'cnw') | setfiletype mdevcompat | endif
