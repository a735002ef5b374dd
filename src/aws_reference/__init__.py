"""What AWS's references say, read from the data that well-kept libraries ship.

`registry` knows CloudFormation's types, `regions` the regions of each partition. Nothing here
knows a template, or imports the libraries whose data it reads: that would take seconds.
"""
