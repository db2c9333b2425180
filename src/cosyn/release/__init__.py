"""A public-use file of responses: what may be published, and how little of anybody it tells.

Array functions in, frozen results out: `keys` (the quasi-identifiers as codes), `classes` (who
shares them), `coarsen` and `suppress` (k-anonymity), `diversity`, `risk` (measures and an
attack), `tables` and `scores` (what is said of departments); `protect` puts them in order,
`files` and `disclosure` write what comes of it.
"""
