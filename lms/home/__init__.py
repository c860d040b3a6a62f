"""The pages that show several rooms at once: the start page, the team page, people for administrators, content's mistakes.

Words: start page = beranda; team = tim. It owns no tables. Promise: what a page counts, lists and exports comes from one query.
"""
