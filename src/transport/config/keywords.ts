/** Keywords of ssh_config(5) that are honoured, under the name that is used in code. */
export const honoured = new Set([
  'addressfamily',
  'bindaddress',
  'connecttimeout',
  'forwardagent',
  'globalknownhostsfile',
  'hashknownhosts',
  'hostkeyalias',
  'hostname',
  'identitiesonly',
  'identityagent',
  'identityfile',
  'ignoreunknown',
  'kbdinteractiveauthentication',
  'passwordauthentication',
  'port',
  'preferredauthentications',
  'proxycommand',
  'proxyjump',
  'pubkeyauthentication',
  'serveralivecountmax',
  'serveraliveinterval',
  'stricthostkeychecking',
  'user',
  'userknownhostsfile',
]);

/** Keywords that make no difference to what kprov does over the connection; accepted and without effect. */
export const harmless = new Set([
  'addkeystoagent',
  'batchmode',
  'checkhostip',
  'clearallforwardings',
  'compression',
  'connectionattempts',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'enableescapecommandline',
  'enablesshkeysign',
  'escapechar',
  'exitonforwardfailure',
  'fingerprinthash',
  'forwardx11',
  'forwardx11timeout',
  'forwardx11trusted',
  'gatewayports',
  'gssapiauthentication',
  'gssapidelegatecredentials',
  'gssapikeyexchange',
  'gssapirenewalforcesrekey',
  'gssapitrustdns',
  'hostbasedauthentication',
  'ipqos',
  'localcommand',
  'loglevel',
  'logverbose',
  'nohostauthenticationforlocalhost',
  'numberofpasswordprompts',
  'obscurekeystroketiming',
  'permitlocalcommand',
  'proxyusefdpass',
  'rekeylimit',
  'remotecommand',
  'requesttty',
  'sendenv',
  'sessiontype',
  'stdinnull',
  'streamlocalbindmask',
  'streamlocalbindunlink',
  'syslogfacility',
  'tcpkeepalive',
  'updatehostkeys',
  'usekeychain',
  'visualhostkey',
  'warnweakcrypto',
  'xauthlocation',
]);

/** Keywords that would change who is talked to or how; where one applies to a host, it is said that it does not act. */
export const unsupported = new Set([
  'bindinterface',
  'canonicaldomains',
  'canonicalizefallbacklocal',
  'canonicalizehostname',
  'canonicalizemaxdots',
  'canonicalizepermittedcnames',
  'casignaturealgorithms',
  'certificatefile',
  'channeltimeout',
  'ciphers',
  'dynamicforward',
  'forkafterauthentication',
  'hostbasedacceptedalgorithms',
  'hostkeyalgorithms',
  'kexalgorithms',
  'knownhostscommand',
  'localforward',
  'macs',
  'permitremoteopen',
  'pkcs11provider',
  'pubkeyacceptedalgorithms',
  'refuseconnection',
  'remoteforward',
  'requiredrsasize',
  'revokedhostkeys',
  'securitykeyprovider',
  'setenv',
  'tag',
  'tunnel',
  'tunneldevice',
  'verifyhostkeydns',
  'versionaddendum',
]);

/** Older spellings of ssh_config(5). */
const aliases = new Map([
  ['challengeresponseauthentication', 'kbdinteractiveauthentication'],
  ['skeyauthentication', 'kbdinteractiveauthentication'],
  ['tisauthentication', 'kbdinteractiveauthentication'],
  ['dsaauthentication', 'pubkeyauthentication'],
  ['identityfile2', 'identityfile'],
  ['globalknownhostsfile2', 'globalknownhostsfile'],
  ['userknownhostsfile2', 'userknownhostsfile'],
  ['keepalive', 'tcpkeepalive'],
  ['pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms'],
  ['hostbasedkeytypes', 'hostbasedacceptedalgorithms'],
]);

/** The one spelling of a keyword: lower case, today's name. */
export function canonicalKeyword(word: string): string {
  const lower = word.toLowerCase();
  return aliases.get(lower) ?? lower;
}

export const isKnownKeyword = (keyword: string): boolean =>
  honoured.has(keyword) || harmless.has(keyword) || unsupported.has(keyword) || structural.has(keyword);

/** Keywords that order a file instead of setting something. */
const structural = new Set(['host', 'match', 'include']);

export const allKeywords: readonly string[] = [...honoured, ...harmless, ...unsupported, ...structural];
