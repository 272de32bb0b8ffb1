"""The names of months and weekdays in the languages that articles come in."""

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "en-short": "jan feb mar apr may jun jul aug sep oct nov dec",
    "en-sept": "- - - - - - - - sept - - -",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr-short": "janv févr - avr - - juil - - - - déc",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "de-at": "jänner feber - - - - - - - okt - dez",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "es-short": "ene - - abr - - - ago setiembre - - dic",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "pt-short": "- fev - - - - - - - out - dez",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november "
    "december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "hu": "január február március április május június július augusztus szeptember október "
    "november december",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie "
    "noiembrie decembrie",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember",
    "sw": "januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "az": "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru-nominative": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь "
    "декабрь",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "hy": "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի "
    "հոկտեմբերի նոյեմբերի դեկտեմբերի",
    "el": "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου "
    "οκτωβρίου νοεμβρίου δεκεμβρίου",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "fa": "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    "he": "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
}

#: Each name, in lower case, with the number of its month.
MONTHS = {
    name: number
    for names in _MONTHS.values()
    for number, name in enumerate(names.split(), 1)
    if name != "-"
}

_WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri
sat sun lundi mardi mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch
donnerstag freitag samstag sonnabend sonntag lunes martes miércoles jueves viernes sábado
domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira segunda terça quarta
quinta sexta lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag
woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota
niedziela pazartesi salı çarşamba perşembe cuma cumartesi pazar понедельник вторник среда
четверг пятница суббота воскресенье понеділок вівторок середа четвер п'ятниця субота неділя
jumatatu jumanne jumatano alhamisi ijumaa jumamosi jumapili senin selasa rabu kamis jumat
sabtu minggu الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
"""
WEEKDAYS = frozenset(_WEEKDAYS.split())
