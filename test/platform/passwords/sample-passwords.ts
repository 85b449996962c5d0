/** Whom the samples are judged for: names and address of a user, then what the service is called and where it is reached. */
export const about = ['anna.muster@mail.example.org', 'annam', 'Anna', 'Muster', 'gatehouse', 'login.school.example'];

/** A different code point each, with a step through the block so that they make no sequence. */
const emoji = (count: number) => Array.from({ length: count }, (_, at) => String.fromCodePoint(0x1f600 + (at * 29) % 79)).join('');

/** The passwords that attackers try first, for every user. */
export const commonPasswords: readonly string[] = [
  'password1234', 'P@ssw0rd1234', 'p4$$w0rdp4$$w0rd', 'passwordpassword', 'drowssap4321', 'Password123!', 'letmeinletmein',
  'trustno1trustno1',
  'iloveyou1234', 'welcome12345', 'administrator', 'superman1234', 'football12345', 'baseball2024', 'monkeymonkeymonkey', 'sunshine2025!',
  '123456789012', '111111111111', '1'.repeat(256), 'abcdefghijkl', 'abcabcabcabc', 'qwertyuiopas', 'qwerty123456', '1q2w3e4r5t6y',
  'zaq12wsxcde3', 'q1w2e3r4t5y6', '\u043f'.repeat(12), '\u{1f600}'.repeat(64), ' '.repeat(12), '\0'.repeat(12),
];

/** Nothing but names and addresses: repeated, reversed, disguised, with digits and signs. */
export const passwordsOfNames: readonly string[] = [
  'anna.muster@mail.example.org', 'annamusterannamuster', 'AnnaAnnaAnna!', 'ANNA-MUSTER-ANNA', 'Anna Muster 1990', 'muster.anna.2026',
  'annam@gatehouse', 'annam annam 77', 'retsumanna!!', 'retsum--anna--1', '4nn4 mu5t3r 1990', '@nn@+Mu$t3r+2026',
  'Anna 83719405718302111873',
  'mail example org', 'example.example', 'gatehouse2026', 'GatehouseGatehouse', 'G4T3H0US3!!!', 'esuohetag 12345', 'g@teh()use g@teh()use',
  'login.school.example', 'School-Login-1', 'Anna-gatehouse-99', '\u00c4nna M\u00fcster 12', 'A\u0308nna Mu\u0308ster 12',
  '\uff41\uff4e\uff4e\uff41\uff4d\uff55\uff53\uff54\uff45\uff52 99', 'anna\0muster\0anna', 'musterMUSTERmuster',
  '(Anna) [Muster] {gatehouse}', 'anna'.repeat(60),
];

/** Hard enough to guess, in many scripts and of any composition. */
export const goodPasswords: readonly string[] = [
  'a long enough password', 'correct horse battery', 'correct horse battery staple', 'tr4verse-lemon-quilt', 'my cat ate 3 blue buttons',
  'vintage piano, open window', 'hunter2 eats cold pasta', 'Anna walks to the green lake', 'muster of 9 purple geese',
  'gatehouse keeper sings low',
  'x7#kP2q!vvL9$m', 'kV9-2pQz-77ab-LmN', 'z9 y8 x7 w6 qq 41 lmn', '!?#%&=+*~;:,.-_<>', '83719405718302111873',
  'ein rotes Fahrrad im Regen', 'Zw\u00f6lf Boxk\u00e4mpfer jagen', 'jag tycker om kall mj\u00f6lk',
  'nehir yava\u015f\u00e7a ak\u0131yor gece',
  'тихая река течёт за холмом',
  '\u03c4\u03bf \u03c0\u03bf\u03c4\u03ac\u03bc\u03b9 \u03ba\u03c5\u03bb\u03ac\u03b5\u03b9 \u03b1\u03c1\u03b3\u03ac',
  '\u5bc6\u7801\u5b89\u5168\u975e\u5e38\u91cd\u8981\u7684\u4e8b\u60c5\u5462\u554a',
  '\u591c\u306e\u6d77\u306b\u9759\u304b\u306a\u661f\u304c\u964d\u308b\u6b4c',
  '\ud55c\uae00 \ube44\ubc00\ubc88\ud638\ub294 \uae38\uac8c \uc4f0\uc790',
  '\u05e9\u05dc\u05d5\u05dd \u05dc\u05db\u05dc \u05d4\u05d3\u05d2\u05d9\u05dd \u05d1\u05d9\u05dd',
  'twelve chars\0and more', '\0q\0w\0x\0z\0v\0k\0j', emoji(12), emoji(64),
  Array.from({ length: 256 }, (_, at) => String.fromCharCode(33 + (at * at * 7 + at * 31) % 90)).join(''),
  'my constructor loves rain', 'the __proto__ of all ducks',
];
