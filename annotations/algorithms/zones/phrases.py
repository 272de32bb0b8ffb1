"""What site furniture says, in many languages. Each pattern has to fit a whole unit.

``WHOLE`` fits whatever the unit looks like; ``SHORT`` is held against units that are no prose.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

import regex

_NETWORKS = (
    r"(?:facebook|twitter|x|x/twitter|x \(twitter\)|whats ?app|telegram|linked ?in|e-?mail|"
    r"pinterest|reddit|tumblr|viber|vk|vkontakte|вконтакте|одноклассники|ok|instagram|youtube|"
    r"messenger|google ?\+?|google news|threads|bluesky|mastodon|flipboard|pocket|line|wechat|"
    r"weibo|skype|xing|rss|print|copy link|sms|tiktok|signal|truth social|newsvine|stumbleupon)"
)
_THIS = r"(?: (?:this|the|our|your))?(?: (?:article|story|post|page|news|video|link|report))?"
_GLUE = r"[\s,;|/·•&+]*(?:and |or |y |et |und |e |и |və |ve |via |on )?"

SHARING = [
    rf"(?:{_NETWORKS}{_GLUE}){{2,}}",
    r"(?:facebook|twitter|whats ?app|telegram|linkedin|pinterest|reddit|viber|copy link|e-?mail)",
    r"(?:share|tweet|pin|like|forward|send|print|email|e-mail|save|bookmark|listen|copy)"
    rf"(?: it)?{_THIS}(?: (?:with|to) (?:a friend|friends|your friends))?"
    rf"(?: (?:on|via|to|with|by|in)(?: {_NETWORKS}{_GLUE})+)?[.:!…]*",
    r"(?:share|shares|tweets|likes)(?: ?\(?\d[\d.,]*[km]?\)?| with(?: your)? (?:friends|others))?"
    r"[:.!]?|\d[\d.,]*[km]? (?:shares?|tweets?|likes?|reactions?|views?|reads?)",
    rf"click (?:here )?to (?:share|email|print|tweet).{{0,80}}|share (?:{_NETWORKS}{_GLUE})+.?",
    rf"(?:follow|like|find|join|add|connect with|visit|watch)(?: us|\s+\S+| \S+ \S+)? (?:on|at|"
    rf"via)"
    rf"(?: our)?(?: (?:official )?{_NETWORKS}{_GLUE})+(?: (?:page|channel|group)s?)?"
    r"(?: (?:for|to) [^.]{0,80})?[.:!]?(?: ?@\w+)?",
    r"follow (?:us|the author|@\w+)(?: on)?[:.!]?|stay connected|social media|social share",
    r"partag(?:er|ez)(?: (?:cet |l[’'])?article)?(?: sur.{0,40})?[:.!]?|imprimer|envoyer(?: "
    r"à.{0,30})?",
    r"suivez[- ]nous.{0,60}|síguenos.{0,60}|siga[- ]nos.{0,60}|seguici.{0,60}|volg ons.{0,60}|"
    r"folgen sie uns.{0,60}|folge uns.{0,60}|śledź nas.{0,60}|bizi (?:takip|izlə).{0,60}|"
    r"подпи(?:сывайтесь|шитесь) на (?:нас|наш).{0,80}|присоединяйтесь.{0,80}|"
    r"підпи(?:суйтесь|шіться) на (?:нас|наш).{0,80}|تابعونا.{0,60}|تابعنا.{0,60}|ikuti "
    r"kami.{0,60}",
    r"compart(?:ir|e|ilh(?:ar|e))(?: (?:est[ae]|o|la|el|em|en|no|na).{0,40})?[:.!]?|imprim(?:ir|"
    r"a)|"
    r"enviar(?: por.{0,30})?|condivid(?:i|ere)(?:.{0,30})?|stampa|invia|"
    r"(?:artikel |beitrag |seite )?(?:teilen|drucken|merken|versenden|vorlesen)(?: auf.{0,30})?|"
    r"deel(?: dit)?(?: artikel| via.{0,30})?|delen|afdrukken|udostępnij(?:.{0,30})?|drukuj|"
    r"поделиться(?:.{0,40})?|поделитесь(?:.{0,40})?|поділитися(?:.{0,40})?|распечатать|"
    r"версия для печати|отправить.{0,20}|paylaş(?:.{0,20})?|yazdır|çap et|paylaşın?|"
    r"կիսվել(?:.{0,20})?|տպել|مشاركة|شارك(?:.{0,20})?|طباعة|اشتراک.?گذاری|bagikan(?:.{0,20})?|"
    r"shiriki|分享(?:到.{0,12})?|打印|シェア(?:する)?|共有|공유(?:하기)?|인쇄|साझा करें|शेयर करें|"
    r"שתפו.{0,20}",
    r"нравится|обсудить.{0,30}|(?:our |official )?(?:whats ?app|telegram|youtube) channel",
    r"listen to (?:this|the) (?:article|story).{0,30}|play audio|audio version",
]

COMMENTS = [
    r"(?:comments?|replies|responses?)\s*[:(\[]?\s*\d*\s*[)\]]?(?: off)?|"
    r"\d+\s+(?:comments?|replies|responses?|thoughts?)(?: (?:on|to) .{1,200})?",
    r"(?:no|leave(?: a| your)?|post a|add a|write a|view(?: all)?|show(?: all)?|load|read|"
    r"hide|join the|see(?: all)?|your|be the first to)(?: \d+)? "
    r"(?:comments?|reply|replies|conversation|discussion)"
    r"(?: (?:yet|below|here|on this (?:story|article)))?[.:!]?(?: cancel reply)?",
    r"cancel reply|reply|post comment|submit(?: comment)?|log ?in to (?:comment|reply|"
    r"leave.{0,30})",
    r"(?:you must be|please) (?:logged|log|sign|signed) in to (?:post|leave|comment|reply).{0,40}",
    r"your e-?mail address will not be published\.?.{0,60}|required fields are marked.{0,6}",
    r"save my name,? e-?mail,?.{0,100}|notify me (?:of|when|by).{0,80}|"
    r"(?:name|e-?mail|website|comment|your name|your e-?mail|url)\s*\*|website",
    r"do you have an opinion on (?:the issues|anything).{0,300}",
    r"comments (?:are|have been) (?:closed|disabled|turned off|moderated).{0,60}|"
    r"this site uses akismet.{0,100}",
    r"comment(?:aires?|arios?|ários?|i|o)\s*[:(]?\s*\d*\s*\)?|kommentare?\s*\(?\d*\)?|"
    r"\d+ (?:commentaires?|comentarios?|comentários?|commenti|kommentare?|reacties|komentarzy|"
    r"комментари\w+|коментар\w+|yorum|şərh)",
    r"laisser un commentaire|dej(?:a|ar|e) (?:un|tu|su) (?:comentario|respuesta)|"
    r"deixe? (?:um comentário|uma resposta)|lascia un commento|kommentar (?:schreiben|verfassen)|"
    r"schreiben? (?:sie )?(?:einen|den ersten) kommentar|reageer|plaats een reactie|"
    r"dodaj komentarz|skomentuj|(?:оставить|добавить|написать) комментарий|"
    r"комментарии\s*\(?\d*\)?|"
    r"(?:залишити|додати) коментар|коментарі\s*\(?\d*\)?|yorum(?:lar| yap(?:ın)?| yaz(?:ın)?)?"
    r"\s*\(?\d*\)?|şərh(?:lər| yaz(?:ın)?)?\s*\(?\d*\)?|مقالات ذات صلة|اترك (?:تعليق\S*|رد\S*)|"
    r"التعليقات\s*\(?\d*\)?|نظرات|ارسال نظر|tinggalkan (?:komentar|balasan)|komentar\s*\(?\d*\)?|"
    r"votre adresse e-?mail ne sera pas publiée.{0,80}|tu dirección de correo electrónico no será "
    r"publicada.{0,80}|o seu endereço de e-?mail não será publicado.{0,80}|"
    r"(?:deine|ihre) e-?mail-adresse wird nicht veröffentlicht.{0,80}|"
    r"评论\s*\(?\d*\)?|发表评论|コメント\s*\(?\d*\)?|コメントを書く|댓글\s*\(?\d*\)?|टिप्पणियां?|תגובות\s*\(?\d*\)?",
]

NEWSLETTER = [
    r"(?:sign ?-?up|subscribe|get|receive|join|register|enter|never miss|don[’']t miss|want|keep|"
    r"stay).{0,110}(?:newsletters?|inbox|mailing list|email alerts?|e-?mail updates|daily "
    r"briefing|"
    r"breaking news alerts?|push notifications|our (?:telegram |whatsapp |youtube )?channel)"
    r".{0,120}",
    r"(?:join|subscribe|register|sign up) (?:now|today|here|free|for free)[.!]?",
    r"(?:our |the |free |daily |weekly |e-?mail )*newsletters?(?: sign ?-?up)?[:.!]?",
    r"subscribe(?: (?:now|today|here|for (?:free|more|updates)|to (?:our|the) .{1,60}))?[.!:]?|"
    r"(?:your )?e-?mail(?: address)?:?|enter your e-?mail.{0,40}",
    r"by (?:signing up|subscribing|submitting|clicking|registering|providing|continuing),? "
    r"(?:you|i) .{5,250}|you can unsubscribe (?:at )?any ?time.{0,60}|"
    r"thank you for (?:signing up|subscribing).{0,60}",
    r"(?:inscrivez|abonnez)[- ]vous.{0,120}|recevez .{0,80}(?:newsletter|lettre|mail).{0,60}|"
    r"suscr[íi]b(?:ete|ase|irse).{0,120}|recib[ea] .{0,80}(?:bolet[íi]n|correo|newsletter).{0,60}|"
    r"(?:assine|inscreva-se|cadastre-se|receba) .{0,120}|iscriviti .{0,120}|"
    r"(?:jetzt )?(?:newsletter )?(?:abonnieren|bestellen|anmelden)[.!]?|"
    r"(?:abonnieren|melden) sie (?:sich )?.{0,40}newsletter.{0,60}|"
    r"schrijf je in .{0,80}|zapisz się .{0,80}newsletter.{0,40}|"
    r"подпи(?:сывайтесь|шитесь|саться)(?: на .{0,100}|!)?|підпи(?:суйтесь|шіться|сатися)(?: на "
    r".{0,100})?",
    r"abunə olun?.{0,60}|bizə abunə.{0,60}|բաժանորդագրվ.{0,60}|"
    r"اشترك (?:في|الآن).{0,60}|النشرة البريدية.{0,40}|berlangganan.{0,60}|订阅.{0,20}|"
    r"メールマガジン.{0,30}|뉴스레터.{0,20}",
]

COPYRIGHT = [
    r"(?:©|\(c\)\s|copyright:?\s*(?:©|\(c\)|\d{4}|by\b|of\b|notice)).{0,200}|copyright",
    r"(?:any |full or partial |partial |the )?(?:use|using|reproduction|republication|"
    r"reprint(?:ing)?|quot(?:ing|ation)|copying|redistribution|when (?:quoting|using|citing))\b"
    r".{0,120}(?:\b(?:hyper-?link|active link|link to|reference to) .{0,80}"
    r"(?:required|mandatory|obligatory|necessary)|(?:prior |written |express )(?:written )?"
    r"(?:permission|consent)|\b(?:of|from|on) (?:this|the|our) (?:web ?)?(?:site|page)\b.{0,80}"
    r"(?:prohibited|forbidden|permission|allowed only)).{0,120}",
    r"\(?except for the headline,? this (?:story|article).{0,200}",
    r"(?:this|the) (?:material|content|article) may not be (?:published|reproduced|"
    r"reprinted).{0,150}",
    r"(?:the )?(?:hyper|active )?link (?:should|must) be placed.{0,120}",
    r"(?:the )?(?:views|opinions)(?: and opinions)? expressed (?:in this|here|by the author|are)"
    r".{0,250}",
    r"(?:disclaimer|legal notice|impressum|mentions légales|aviso legal)\b.{0,20}",
    r"(?:при (?:любом )?(?:использовании|перепечатке|цитировании|копировании)|"
    r"перепечатка|використання матеріалів|при використанні).{0,220}(?:ссылк|посилан|обязательн|"
    r"запрещ|разреш|заборон|дозвол).{0,80}",
    r"(?:materiallardan|xəbərdən|saytdakı|məlumatdan) istifadə.{0,200}|"
    r"(?:kaynak gösterilmeden|izinsiz).{0,120}|մեջբերում.{0,160}",
]

#: These have their words amid a line: costly to look for, so only where one of ``MARKS`` is.
COPYRIGHT_AMID = [
    r".{0,160}\ball rights reserved\b.{0,120}",
    r".{0,40}\bmedia (?:can|may) (?:quote|use|reprint).{0,200}",
    r".{0,120}\b(?:tous droits réservés|todos los derechos reservados|todos os direitos "
    r"reservados|tutti i diritti riservati|alle rechte vorbehalten|alle rechten voorbehouden|"
    r"wszelkie prawa zastrzeżone|все права защищены|усі права захищені|всі права захищені|"
    r"tüm hakları saklıdır|bütün hüquqlar qorunur|müəllif hüquqları qorunur|"
    r"բոլոր իրավունքները պաշտպանված են|hak cipta dilindungi|جميع الحقوق محفوظة|"
    r"版权所有|未经.{0,12}(?:许可|授权).{0,20}|無断転載.{0,10}|무단.{0,6}전재.{0,20}|"
    r"כל הזכויות שמורות)"
    r".{0,120}",
]
NEWSLETTER_AMID = [r".{0,60}e-?bülten.{0,60}"]
MARKS = (
    *("rights reserved", "media can", "media may", "tous droits", "derechos reservados"),
    *("direitos reservados", "diritti riservati", "rechte vorbehalten", "rechten voorbehouden"),
    *("prawa zastrze", "права защищ", "права захищ", "tüm hak", "bütün hüquq", "müəllif hüquq"),
    *("իրավունքները", "hak cipta", "الحقوق", "版权所有", "未经", "無断転載", "무단", "הזכויות"),
    "bülten",
)
#: Parts of the marks, one of each, that are quickly looked for in UTF-8: of scripts in which
#: few articles are written, the byte that their letters begin with.
_SIGNS_OF_MARKS = (
    *(b"reserv", b"riserv", b"orbeh", b"media ", b"s droits", b"zastrz", b"m hak", b"quq"),
    *(b"cipta", "bülten".encode(), "bÜlten".encode()),
    *(b"\xd0", b"\xd5", b"\xd8", b"\xe7", b"\xe6", b"\xeb", b"\xd7"),
)

ADVERTISING = [
    r"(?:[-–—*\s]*)(?:advertisement|advertisements|advertising|advertorial|sponsored(?: content)?|"
    r"promoted|paid content|ad|ads by google|commercial break|publicité|annonce|anzeige|werbung|"
    r"publicidad|anuncio|publicidade|pubblicità|advertentie|reklama?|реклама|реклама\s*\d+|iklan|"
    r"matangazo|إعلان|إعلانات|广告|広告|광고|विज्ञापन|פרסומת|գովազդ|διαφήμιση)"
    r"(?:[-–—*\s:]*(?:scroll to continue|continue reading below|story continues below|"
    r"article continues below)?)(?:[-–—*\s]*)",
    r"(?:the |this )?(?:story|article|post|text) continues (?:below|after).{0,40}|"
    r"(?:continue reading|keep reading|scroll (?:down )?to continue)(?: (?:below|the .{1,30}|after"
    r".{1,30}))?[.…→»]*|"
    r"la suite après.{0,30}|sigue leyendo.{0,30}|continua (?:a leggere|após|dopo).{0,30}|"
    r"der artikel wird nach.{0,60}|lees verder.{0,40}|artikel gaat verder.{0,40}",
    r"(?:this|our|the) (?:web ?)?site uses cookies.{0,250}|we use cookies.{0,250}|"
    r"(?:accept|reject|manage|allow)(?: all)?(?: cookies| preferences)?|cookie (?:policy|"
    r"settings)|"
    r"(?:nous utilisons|utilizamos|usamos|utilizziamo|wir verwenden|мы используем).{0,40}"
    r"cookies?.{0,200}",
    r"(?:please |you need to )?(?:enable|turn on|activate) javascript.{0,120}|"
    r"your browser (?:does not|doesn[’']t) support.{0,120}|loading(?:…|\.\.\.)?|"
    r"(?:an )?error occurred.{0,60}|this video (?:is|can).{0,60}not.{0,60}",
    r"\(?(?:for|to|if) .{3,120}\bclick (?:here|on)\b.{0,40}",
    r"(?:already|not yet|are you) a (?:subscriber|member)\??.{0,60}|"
    r"you (?:have|[’']ve) (?:reached|read|used|\d+).{0,80}(?:free )?articles?.{0,80}|"
    r"(?:this|the) (?:article|content|story) is (?:for|only for|available to|reserved for)"
    r".{0,40}subscribers.{0,60}|"
    r"(?:log|sign) in or (?:subscribe|register|sign up).{0,60}|"
    r"(?:article|contenu) réservé aux abonnés.{0,60}|"
    r"(?:to continue reading|to read the full (?:story|article)).{0,120}|"
    r"unlock (?:this|the full|all|unlimited).{0,100}|(?:start|try) your free trial.{0,60}",
    r"(?:please )?(?:support|donate to|contribute to|help (?:us|fund|keep))\b.{0,60}"
    r"(?:journalism|newsroom|our (?:work|site|team|mission)|independent (?:news|media|reporting))"
    r".{0,150}|(?:donate|contribute)(?: (?:now|today|here))?[.!]?|"
    r"become a (?:member|patron|supporter|subscriber).{0,80}|buy (?:us|me) a coffee.{0,40}",
    r"(?:download|get|install) (?:the|our|your) .{0,40}\bapp\b.{0,80}|"
    r"(?:available|get it|download) on (?:the )?(?:app store|google play).{0,40}|app store|"
    r"google play",
]

READ_ALSO = [
    r"(?:[>»▶►•*\-–—\[(]\s*)*(?:also )?(?:read|see|watch|listen|find out|learn) (?:also|too|more)"
    r"(?: (?:here|about(?: this)?|on(?: this)?|at|in|from|stories|news|articles?))?"
    r"(?:\s*[:>»|–—-]\s*.{0,250}|[.…→»\])]*)",
    r"(?:[>»▶►•*\-–—\[(]\s*)*(?:also (?:read|see|watch)|must read|related(?: (?:article|story|"
    r"stories|"
    r"news|post|coverage|reading|video|content|link)s?)?|read next|up next|you (?:may|might) "
    r"(?:also )?(?:like|enjoy|be interested in)|recommended(?: (?:for you|reading|stories))?|"
    r"don[’']t miss|in case you missed it|more on this(?: (?:story|topic))?|"
    r"more (?:from|on|about|in) [^.:]{1,40}|see full story|full story|"
    r"read(?: the)?(?: full)?(?: (?:story|article|report))?)"
    r"\s*:(?:\s+.{0,250})?",
    r"read (?:the )?(?:full|original|whole) (?:story|article|report|interview|text)"
    r"(?: (?:here|at|on|in)\b.{0,60})?[.…→»]*",
    r"(?:read|see) (?:also|more)\s+[“\"‘'«A-ZА-Я].{0,250}",
    r"(?:[>»▶►•*\-–—\[(]\s*)*(?:(?:à )?lire (?:aussi|également|notre|l[’']article|la suite|plus)|"
    r"voir aussi|sur le même sujet|lea? (?:también|tambien|más|mas)|leer más|te puede interesar|"
    r"le(?:ia|r|r) (?:também|mais|tambem)|leia|veja (?:também|mais)|saiba mais|legg[ie] anche|"
    r"leggi(?: tutto| di più)|lesen sie (?:auch|hierzu|dazu|mehr)|mehr (?:zum thema|dazu|lesen)|"
    r"auch interessant|lees ook|lees meer|meer over|zobacz (?:też|także|również)|"
    r"czytaj (?:też|także|również|więcej|dalej)|przeczytaj (?:też|także|również)|"
    r"чита(?:йте|ть|й) (?:также|ещё|еще|далее|больше|по теме)|смотрите также|по теме|"
    r"читайте (?:також|ще|більше)|дивіться також|ayrıca (?:bak|oku)\w*|ilgili haber\w*|"
    r"daha fazla oku|bunu da oxuyun?|həmçinin oxuyun?|oxuyun|davamı|կարդա(?:լ|ցեք) (?:նաև|ավելին)|"
    r"(?:اقرأ|إقرأ|شاهد) (?:أيضا|أيضًا|ايضا|المزيد)|بیشتر بخوانید|بخوانید|baca juga|selengkapnya|"
    r"soma (?:pia|zaidi)|延伸阅读|相关(?:新闻|阅读|文章)|更多(?:新闻)?|関連記事|あわせて読みたい|"
    r"관련기사|"
    r"यह भी पढ़ें|और पढ़ें|קראו (?:גם|עוד))(?:\s*[:>»|–—-]?\s*.{0,250})",
]

NAVIGATION = [
    r"(?:home|homepage|menu|main menu|search|log ?in|sign ?in|log ?out|register|contact(?: us)?|"
    r"about(?: us)?|privacy(?: policy| notice)?|terms(?: (?:of use|and conditions|of service))?|"
    r"sitemap|site map|faq|help|careers|advertise(?: with us)?|rss|live tv|e-?paper|archives?|"
    r"(?:skip|jump) to (?:main |the )?(?:content|navigation|main)|toggle (?:navigation|menu|"
    r"search)|"
    r"(?:back|go|return|scroll) to (?:top|home|homepage|the top|all news|main page)|"
    r"back|close|open|next|previous|prev|(?:next|previous|prev) (?:article|post|story|page|"
    r"news)s?|"
    r"(?:show|see|view|load|read) (?:more|all|less)(?: (?:news|stories|posts|articles))?|"
    r"(?:switch|change) language|select language|today[’']s paper|breaking(?: news)?|"
    r"trending(?: now)?|news ?feed|day news ?feed|news line|all news|full version|mobile version)"
    r"\s*[:>»→…]*",
    r"(?:startseite|accueil|inicio|início|home page|strona główna|главная(?: страница)?|головна|"
    r"ana ?sayfa|ana səhifə|գլխավոր|الرئيسية|beranda|首页|ホーム|홈|मुख्य पृष्ठ|דף הבית|"
    r"suche|recherche|rechercher|buscar|cerca|zoeken|szukaj|поиск|пошук|ara|axtar|بحث|поиск по "
    r"сайту|"
    r"kontakt|impressum|datenschutz|contacto|contato|contatti|контакты|контакти|iletişim|əlaqə|"
    r"anmelden|connexion|se connecter|iniciar sesión|accedi|inloggen|zaloguj(?: się)?|войти|"
    r"увійти|"
    r"mehr anzeigen|voir plus|ver más|ver mais|mostra altro|показать ещё|показать еще|ещё|"
    r"nach oben|haut de page|volver arriba|voltar ao topo|torna su|наверх|yukarı|"
    r"zum inhalt springen|aller au contenu(?: principal)?|saltar al contenido|"
    r"pular para o conteúdo|vai al contenuto|naar (?:de )?inhoud)\s*[:>»→…]*",
    r"(?:home|accueil|inicio|início|startseite|главная|головна|ana ?sayfa|ana səhifə|الرئيسية|"
    r"beranda|you are here:?.{0,20}|sie sind hier:?.{0,20})\s*[>»›/|→·:]\s*.{0,200}",
    r"\S+@\S+\.\w{2,}",
    r"(?:https?://|www\.)\S+|(?:tel|fax|phone|telefon|тел|e-?mail|"
    r"mob)\.?\s*[:.].{0,60}",
    r"list (?:of )?\d+ (?:of \d+|items?)|end of list|(?:body|full text|content|article text)\s*:",
    r"page \d+(?: (?:of|/) \d+)?|\d+\s*/\s*\d+|"
    r"(?:\d+\s+)*[«‹]?\s*\d+(?:\s+\d+){2,}(?:\s*…?\s*\d+)?\s*"
    r"(?:next|[»›])?|[|/·•*_=<>«»‹›~#+\-–—\s]{3,200}",
]

TAGS = [
    r"(?:tags?|tagged(?: (?:with|in|as))?|topics?|filed under|categor(?:y|ies)|keywords|posted in|"
    r"labels?|in this article|section|rubric|mots[- ]clés|étiquettes|thèmes|etiquetas|temas|"
    r"palavras-chave|tópicos|schlagw(?:ö|o)rter|schlagworte|themen|argomenti|onderwerpen|tagi|"
    r"теги|метки|рубрика|рубрики|темы|теми|etiketler|kategori|kateqoriya|teqlər|açar sözlər|"
    r"թեգեր|الوسوم|كلمات مفتاحية|برچسب‌?ها|标签|タグ|태그|टैग)\s*[:#].{0,300}",
    r"(?:tags?|topics?|теги|etiquetas|schlagworte|tagi|keywords)",
    r"(?:#[\w-]+[\s,;|]*){1,20}",
    r"(?:estimated )?(?:reading|read) time:? ?.{0,20}|"
    r"\d+[ -]?min(?:ute)?s?(?: read| de lecture| de lectura| de leitura| di lettura| lesezeit|"
    r" okuma.{0,10})|lesezeit:? .{0,20}|temps de lecture.{0,20}|tiempo de lectura.{0,20}|"
    r"время (?:чтения|на чтение).{0,20}|okuma süresi.{0,20}",
    r"(?:views|reads|hits|visits|просмотр\w*|перегляд\w*|baxış|oxunma(?: sayı)?|okunma|"
    r"goruntulenme|görüntülenme|դիտում|المشاهدات|阅读(?:量|数)?)\s*[:(]?\s*\d[\d\s.,]*[km]?\)?|"
    r"\d[\d\s.,]*[km]?\s*(?:views|reads|hits|просмотр\w*|перегляд\w*|baxış|okunma|दृश्य)",
    r"(?:rate(?: this)?(?: article| post)?|rating|votes?)(?:\s*:\s*[\d.,/ ]{0,12})?|"
    r"was this (?:article )?helpful\??|(?:text size|font size|a- a\+|a\+ a-|schriftgröße).{0,10}|"
    r"report (?:a typo|an error)"
    r".{0,30}|(?:found|see|spotted) (?:a |an )?(?:typo|mistake|error).{0,120}|"
    r"(?:если вы )?(?:нашли|заметили|побачили|знайшли) (?:ошибку|опечатку|помилку).{0,150}",
]

PUBLISHER = [
    r"(?:published|posted|uploaded|created|added|shared|updated|last updated)"
    r"(?: (?:by|in|on|from))?:?",
    r"(?:publié|publicado|pubblicato|veröffentlicht|опубликовано|опубліковано|yayınlayan) "
    r"(?:par|por|da|von|în)?:?",
    r"about the (?:author|writer)s?|about (?:us|this site)|author(?: bio| archive)?|"
    r"view all posts(?: by.{0,60})?|(?:more|all|other) (?:posts|articles|stories) by.{1,60}|"
    r"(?:follow|contact|e-?mail|meet) the authors?|à propos de l[’']auteur|sobre (?:el|o|la|a) "
    r"autora?|über (?:den|die) autor(?:in)?|об авторе|про автора|yazar hakkında",
]

#: Opens a list of other stories.
LISTING = [
    r"(?:most )?(?:recent|latest|related|popular|similar|other|more|top|trending|featured|read|"
    r"viewed|shared|commented|recommended|suggested|editor[’']s|our)"
    r"(?:[- ](?:and|&) (?:recent|latest|related|popular|similar|top))?"
    r" (?:posts?|news|articles?|stor(?:y|ies)|headlines|entries|picks?|reads?|videos?|"
    r"coverage|content|reading|topics|links|now|today|this week|from (?:the web|around the web))"
    r"(?: (?:in|from|on|for) .{1,40}| (?:today|this week|now))?[:.…]?",
    r"(?:latest|most read|most popular|most viewed|top stories|trending(?: now)?|don[’']t miss|"
    r"you may (?:also )?(?:like|have missed)|you might (?:also )?like|recommended(?: for you)?|"
    r"read next|up next|see also|read also|also read|what to read next|in case you missed it|"
    r"more (?:from|in|on) .{1,50}|explore more on .{1,40}|around the web|from the web|promoted "
    r"stories|"
    r"related|recent|in other news|editor[’']s (?:picks?|choice)|popular|what[’']s new|in this "
    r"section)"
    r"[:.…]?",
    r"(?:новости|материалы) партн[её]ров|от партн[её]ров|partner content|from our partners|"
    r"sponsored stories",
    r"(?:articles? (?:récents?|similaires?|liés?|connexes?)|à lire aussi|à lire également|"
    r"les plus lus|dernières (?:nouvelles|infos|actualités)|sur le même sujet|dans la même "
    r"rubrique|"
    r"(?:noticias|artículos|notas|entradas) (?:relacionad[oa]s|recientes|similares)|"
    r"(?:lo |las )?más (?:leído|leídas|visto|noticias)|últimas noticias|te puede interesar|"
    r"también te puede interesar|otras noticias|"
    r"(?:notícias|artigos|posts|matérias) (?:relacionad[oa]s|recentes)|mais lidas|leia também|"
    r"veja também|últimas notícias|articoli (?:correlati|recenti|simili)|i più letti|"
    r"ultime notizie|leggi anche|(?:ähnliche|weitere|neueste|verwandte|mehr) (?:artikel|beiträge|"
    r"nachrichten|meldungen|themen)|meistgelesen|das könnte sie auch interessieren|"
    r"mehr zum thema|lesen sie auch|"
    r"(?:gerelateerde|meer|laatste|recente) (?:artikelen|berichten|nieuws)|meest gelezen|lees ook|"
    r"(?:najnowsze|powiązane|podobne|ostatnie) (?:artykuły|wpisy|wiadomości)|najczęściej czytane|"
    r"zobacz (?:też|także|również)|polecane|"
    r"(?:последние|похожие|другие|популярные|главные|свежие) (?:новости|статьи|записи|материалы)|"
    r"(?:новости|материалы|статьи) по теме|читайте также|ещё по теме|самое (?:читаемое|"
    r"популярное)|"
    r"лента новостей|(?:останні|схожі|інші|популярні) (?:новини|статті|матеріали)|"
    r"читайте також|новини за темою|"
    r"(?:son|benzer|diğer|ilgili|popüler) (?:haberler|yazılar)|en çok okunanlar|"
    r"(?:son|oxşar|digər|əlaqəli) xəbərlər|ən çox oxunanlar|xəbər lenti|"
    r"(?:վերջին|նմանատիպ|այլ) (?:լուրեր|նորություններ)|ամենաընթերցվածը|"
    r"(?:أخبار|مقالات|مواضيع|موضوعات) (?:ذات صلة|متعلقة|أخرى|مشابهة)|الأكثر (?:قراءة|مشاهدة)|"
    r"اقرأ أيضا|آخر الأخبار|مطالب مرتبط|پربازدیدترین.{0,12}|"
    r"(?:berita|artikel) (?:terkait|terbaru|lainnya|terpopuler)|baca juga|"
    r"habari (?:zinazohusiana|nyingine|mpya)|"
    r"相关(?:新闻|阅读|文章)|最新(?:新闻|文章)|热门(?:新闻|文章)|関連記事|最新記事|人気記事|"
    r"관련(?: ?기사| ?뉴스)|많이 본 뉴스|संबंधित (?:खबरें|समाचार)|कתבות נוספות|כתבות נוספות)[:.…]?",
]

#: Opens what readers have written.
COMMENT_SECTION = [
    r"(?:comments?|replies|responses?|комментарии|коментарі|yorumlar|şərhlər|kommentare|"
    r"commentaires|comentarios|comentários|commenti|reacties|komentarze|التعليقات|评论|コメント)"
    r"\s*[:(\[]?\s*\d*\s*[)\]]?",
    r"\d+\s+(?:comments?|replies|responses?|thoughts?|commentaires|comentarios|comentários|"
    r"commenti|"
    r"kommentare|комментари\w+|коментар\w+|yorum|şərh)(?: (?:on|to) .{1,200})?",
    r"leave a (?:reply|comment)(?: cancel reply)?|join the (?:discussion|conversation)",
]

#: Of so many characters that a unit begins with it is remembered what can begin so.
_LOOKED_AT = 3
_MOST_REMEMBERED = 8192
#: There are too many letters beyond.
_LAST_LETTER = "\u05ff"
#: Letters of which the two libraries disagree whether they are one.
_ALIKE = str.maketrans("ıİ", "ii")

_Pattern = tuple[str, re.Pattern[str], regex.Pattern[str]]


class Phrases:
    """Patterns by the rule whose words they are; one of a rule's has to fit a whole unit.

    Most units begin as few of the patterns can begin, and only those are tried.
    """

    def __init__(self, rules: Mapping[str, Sequence[str]]):
        self._rules = rules
        self._beginning = lru_cache(_MOST_REMEMBERED)(self._find_beginning)

    def rule_of(self, text: str) -> str | None:
        """Return the first rule that has a pattern which fits all of ``text``."""
        for rule, pattern, _ in self._beginning(text[:_LOOKED_AT]):
            if pattern.fullmatch(text):
                return rule
        return None

    def _find_beginning(self, start: str) -> list[_Pattern]:
        """Return the patterns that can fit what begins so, in order."""
        if not start:
            return self._all
        fewer = self._beginning(start[:-1])
        if not start.isprintable() or start[-1] > _LAST_LETTER:
            return fewer
        start = start.translate(_ALIKE)
        return [one for one in fewer if one[2].fullmatch(start, partial=True)]

    @cached_property
    def _all(self) -> list[_Pattern]:
        return [
            (
                rule,
                re.compile(pattern, re.IGNORECASE),
                regex.compile(pattern.translate(_ALIKE), regex.IGNORECASE),
            )
            for rule, patterns in self._rules.items()
            for pattern in patterns
        ]


def marks_in(text: str) -> list[str]:
    """Return the ``MARKS`` that a page has, whatever their case."""
    data = text.encode().lower()
    if not any(map(data.__contains__, _SIGNS_OF_MARKS)):
        return []
    lowered = text.lower()
    return [mark for mark in MARKS if mark in lowered]


def _one_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_WHOLE = {
    "copyright": COPYRIGHT,
    "newsletter": NEWSLETTER,
    "comments": COMMENTS,
    "advertising": ADVERTISING,
    "sharing": SHARING,
    "tags": TAGS,
}
#: Fits a unit of any length up to a few lines: it says outright what it is.
WHOLE = Phrases(_WHOLE)
#: The same, for units that have one of ``MARKS``.
MARKED = Phrases(
    _WHOLE | {"copyright": COPYRIGHT_AMID + COPYRIGHT, "newsletter": NEWSLETTER + NEWSLETTER_AMID}
)
#: Fits what is no prose only, since a sentence could begin so.
SHORT = Phrases({"read_also": READ_ALSO, "navigation": NAVIGATION, "publisher": PUBLISHER})
OPENS_LISTING = _one_of(LISTING)
OPENS_COMMENTS = _one_of(COMMENT_SECTION)
