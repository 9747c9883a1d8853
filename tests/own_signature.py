"""A signature as a repository may have it of its own."""

GIZMO = r"""
title    = "The gizmo `{gizmo}` has come loose"
category = "deploy"
kind     = "cause"
pattern  = '''gizmo (?P<gizmo>\w+) has come loose'''
group_by = "{gizmo}"
why      = "It was not fastened."
fix      = "Fasten `{gizmo}`: see [the guide](https://wiki.example/gizmo)."
source   = "shop-tool 3.1"

[[should_match]]
captures = { gizmo = "alpha" }
log = '''
gizmo alpha has come loose
##[error]Process completed with exit code 3.
'''

[[should_not_match]]
because = "it says that all is well"
log = '''
gizmo alpha has not come loose
##[error]Process completed with exit code 3.
'''
"""
