"""What sites call their departments, in the languages that articles come in."""

_NAMES = """
politics world economy business sports sport culture society opinion opinions analysis
interview interviews video videos photo photos gallery national international local region
regional regions news health science technology tech education environment lifestyle
entertainment arts travel weather religion military defence defense security diplomacy crime
law justice markets finance money energy history columns commentary editorial editorials
features feature blog blogs podcasts podcast magazine europe asia africa americas armenia
azerbaijan georgia artsakh karabakh diaspora community obituaries announcements headlines
home live incidents accidents elections war conflict caucasus russia turkey iran usa latest
top letters books music film tv food style fashion auto cars property jobs
politique monde économie société culture sport sports international santé sciences planète
idées débats région régions france faits-divers justice
politik wirtschaft gesellschaft kultur wissen wissenschaft panorama ausland inland meinung
lokales regional feuilleton netzwelt gesundheit reise
política mundo economía sociedad cultura deportes opinión internacional nacional sucesos
ciencia salud tecnología españa américa gente
economia sociedade esportes esporte desporto opinião saúde ciência tecnologia brasil cidades
politica esteri cronaca cultura sport spettacoli economia mondo scienze salute
politiek economie binnenland buitenland cultuur sport wetenschap
polityka świat gospodarka kraj społeczeństwo kultura sport nauka zdrowie
политика мир экономика общество культура спорт происшествия наука технологии здоровье в-мире
аналитика интервью мнение мнения регион регионы новости армия конфликт
політика світ економіка суспільство культура спорт події наука здоров’я новини україна
siyaset dünya ekonomi toplum kültür spor gündem sağlık bilim teknoloji yaşam eğitim
siyasət dünya iqtisadiyyat cəmiyyət mədəniyyət idman hadisə elm müsahibə region
քաղաքականություն տնտեսություն հասարակություն մշակույթ սպորտ միջազգային լուրեր
سياسة اقتصاد رياضة ثقافة عالم مجتمع أخبار صحة تكنولوجيا رأي
politik ekonomi olahraga budaya hukum nasional internasional
siasa uchumi michezo afya kimataifa
"""

SECTIONS = frozenset(_NAMES.split())
