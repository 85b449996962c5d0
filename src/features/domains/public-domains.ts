/** Domains under which everybody can get an address, so that none proves anything about a person. */
const publicDomains: ReadonlySet<string> = new Set(`
  gmail.com googlemail.com outlook.com outlook.de outlook.fr outlook.es outlook.it hotmail.com hotmail.co.uk hotmail.de hotmail.fr
  hotmail.it hotmail.es live.com live.co.uk live.de live.fr live.nl msn.com passport.com yahoo.com yahoo.co.uk yahoo.co.jp yahoo.co.in
  yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.com.br yahoo.com.au ymail.com rocketmail.com icloud.com me.com mac.com
  privaterelay.appleid.com aol.com aim.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.com tuta.io
  tutamail.com keemail.me mailbox.org posteo.de posteo.net fastmail.com fastmail.fm hey.com zoho.com zohomail.com zohomail.eu gmx.com
  gmx.de gmx.net gmx.at gmx.ch gmx.fr gmx.us web.de email.de freenet.de t-online.de arcor.de online.de 1und1.de mail.de vodafone.de
  bluewin.ch hispeed.ch sunrise.ch aon.at chello.at mail.com email.com usa.com myself.com consultant.com mail.ru inbox.ru list.ru bk.ru
  internet.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net i.ua meta.ua qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn
  sohu.com aliyun.com 139.com 189.cn naver.com daum.net hanmail.net kakao.com nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
  rediffmail.com indiatimes.com uol.com.br bol.com.br terra.com.br ig.com.br globo.com libero.it virgilio.it tiscali.it alice.it tin.it
  orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr wp.pl o2.pl onet.pl onet.eu interia.pl op.pl gazeta.pl seznam.cz
  centrum.cz email.cz post.cz volny.cz azet.sk zoznam.sk centrum.sk freemail.hu citromail.hu abv.bg mail.bg btinternet.com sky.com
  virginmedia.com talktalk.net ntlworld.com blueyonder.co.uk comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
  charter.net earthlink.net juno.com optonline.net rogers.com shaw.ca sympatico.ca bigpond.com optusnet.com.au xtra.co.nz ziggo.nl
  kpnmail.nl planet.nl hetnet.nl telenet.be skynet.be proximus.be telia.com online.no hotmail.se bredband.net mailinator.com
  guerrillamail.com yopmail.com 10minutemail.com temp-mail.org sharklasers.com trashmail.com duck.com mozmail.com simplelogin.com
  anonaddy.com
`.trim().split(/\s+/));

/** Whether everybody can get an address of this domain. */
export function isPublicDomain(domain: string): boolean {
  return publicDomains.has(domain);
}
