// Reads {name: {before, after}} from standard input, prints {name: {logical id: impact}}.
import { readFileSync } from 'node:fs';
import { fullDiff } from '@aws-cdk/cloudformation-diff';

const pairs = JSON.parse(readFileSync(0, 'utf8'));
const found = {};
for (const [name, { before, after }] of Object.entries(pairs)) {
  found[name] = {};
  fullDiff(before, after).resources.forEachDifference((id, change) => {
    found[name][id] = change.changeImpact;
  });
}
console.log(JSON.stringify(found));
