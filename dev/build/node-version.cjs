/**
 * Ends a program whose Node is too old for this project, before anything else of it is read. In the syntax of old
 * versions, as they are the ones that must be able to read it.
 */
'use strict';

var range = require('../../package.json').engines.node;

/**
 * What is wrong with a version, in a sentence; undefined for one that will do.
 * @param {string} version such as v20.20.2
 */
function faultOf(version) {
  var parts = version.replace(/^v/, '').split('.').map(Number);
  var alternatives = range.split('||').map(function (text) {
    return /^(\^|>=)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  });
  var isSupported = alternatives.some(function (found) {
    var major = Number(found[2]);
    var minor = Number(found[3] || 0);
    if (parts[0] === major) return parts[1] >= minor;
    return found[1] === '>=' && parts[0] > major;
  });
  if (isSupported) return undefined;
  var named = alternatives.map(function (found) {
    return found[2] + (found[3] ? '.' + found[3] : '');
  });
  var last = named.pop();
  return (
    'This needs Node ' +
    named.join(', ') +
    ' or ' +
    last +
    ', or a newer one of these, and runs on Node ' +
    version.replace(/^v/, '') +
    ': install another, such as from https://nodejs.org, and run npm ci again.'
  );
}

module.exports = { faultOf: faultOf };

var fault = faultOf(process.version);
if (fault) {
  console.error(fault);
  process.exit(1);
}
