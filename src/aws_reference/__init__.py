"""What AWS's references say, read from the data that well-kept libraries ship.

`registry` knows CloudFormation's types, `regions` the regions of each partition, `iam_actions` how
far each of IAM's actions goes. CodePipeline's reference is in no library's data: `action_types` is
a table of what it says. Nothing here knows a template, or imports the libraries whose data it
reads: that would take seconds.
"""
