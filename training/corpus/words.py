"""Common English words, names and places: what people put into example programs.

Values and identifiers are drawn from these lists. They are plain data, split once at import.
"""

from __future__ import annotations


def split_words(text: str) -> tuple[str, ...]:
    """The words of a block of text."""
    return tuple(text.split())


NAMES = split_words(
    """
Alice Bob Carol Dave Eve Frank Grace Heidi Ivan Judy Mallory Niaj Olivia Peggy Rupert Sybil Trent
Victor Wendy Anna Ben Clara David Emma Felix Greta Hannah Isaac Jane John Kate Liam Mia Noah Oscar
Paula Quentin Rosa Sam Tina Uma Vera Will Xavier Yara Zoe Adam Bella Chen Dmitri Elena Fatima
Giulia Hiro Ines Jamal Kofi Lena Marco Nadia Omar Priya Ravi Sofia Tariq Ursula Viktor Wei Ximena
Yusuf Zara Amy Carl Erin George Harry Jack Lucy Max Nina Peter Rachel Steve Tom
"""
)

CITIES = split_words(
    """
Paris London Berlin Rome Madrid Vienna Oslo Cairo Lima Tokyo Delhi Seoul Boston Chicago Dallas
Denver Austin Miami Lagos Nairobi Accra Quito Bogota Santiago Sydney Perth Hanoi Manila Jakarta
Dublin Lisbon Prague Warsaw Zurich Geneva Athens Helsinki Stockholm Copenhagen Budapest Kyiv
"""
)

FOODS = split_words(
    """
apple banana cherry grape lemon lime mango melon orange papaya peach pear plum kiwi fig date
strawberry blueberry raspberry apricot coconut pineapple watermelon bread butter cheese coffee tea
milk sugar salt pepper rice pasta pizza soup salad cake cookie honey egg bacon onion carrot potato
tomato spinach bean corn garlic olive nut almond walnut juice water soda
"""
)

ANIMALS = split_words(
    """
cat dog bird fish horse cow sheep goat pig duck goose chicken rabbit mouse rat fox wolf bear lion
tiger zebra giraffe elephant monkey panda koala kangaroo camel deer otter seal whale dolphin shark
eagle owl crow parrot penguin frog snake lizard turtle crab ant bee spider butterfly
"""
)

COLOURS = split_words(
    """
red green blue yellow orange purple pink brown black white gray cyan magenta teal navy gold silver
violet indigo maroon
"""
)

NOUNS = split_words(
    """
account action address age amount angle answer area arm array art average bag balance ball band
bank bar base basket batch bed bell bill bit block board boat body book border bottle box brick
bridge bucket budget buffer building bus button byte cache calendar camera card cart case cell
center chain chair change channel char chart child circle city class clock cloud code coin color
column command company config cost count country course cover cup currency cycle data day deck
depth desk digit direction disk distance door dot draw drawer drive edge element email employee
end energy engine entry error event exam example factor family farm field file film filter fire
flag floor flow flower folder food foot force forest form frame friend game garden gate gift glass
goal grade graph grid group guess hall hand hash head heap heart height hill history hole home
hotel hour house idea image index input inventory island item job key kitchen label lake lamp land
language layer leaf length lesson letter level library light limit line link list load location
lock log loop machine mail map mark market mask match matrix meal member memory menu message meter
method metric minute mirror model moment money month moon morning mountain music nail name nation
neck net network night node noise note number object ocean office offset option order output owner
page paint pair paper parent park part party password patch path pattern payment pencil people
person phone photo picture piece pixel place plan planet plant plate player pocket point pool
position post power prefix price prime prize process product profit program project queue question
radio rain range rank rate ratio reader record region report result reward ring river road robot
rock role room root rope round route row rule salary sample scale school score screen sea season
seat second section seed segment sentence sequence server session set shape ship shirt shoe shop
side sign signal size skill sky slot snow solution song sound source space speed square stack
staff stage star start state station status step stock stone stop store storm story stream street
string student suffix sum summer sun surface symbol system table tag tail target task tax team
tempo term test text theme ticket tile time title token tool top total tower town toy track trade
train tree trip truck type unit user value vector version video view village voice volume vote
vowel wall watch wave way week weight wheel width wind window winner winter wire word work world
worker year zone
"""
)

ADJECTIVES = split_words(
    """
active bad best big bold brave bright busy calm cheap clean clear cold cool current daily dark
deep dry dull early easy empty even extra fair fast fine first flat free fresh full fuzzy good
great half happy hard heavy high hot huge idle inner key large last late lazy left light local
long loud low lucky main max mean mild min missing narrow new next nice odd old open outer plain
poor pretty prev proud pure quick quiet raw ready real rich right rough round sad safe same sharp
short shy silent simple slow small smart smooth soft sour strong sweet tall thick thin tiny total
tough true unique valid visible warm weak wet wide wild wise wrong young
"""
)

VERBS = split_words(
    """
add apply ask balance break build calculate call change check choose clean clear close collect
combine compare compress compute convert copy count create cut decode decrypt delete detect divide
double drop encode encrypt evaluate expand extract fetch fill filter find fix flatten flip fold
format gather generate get give go group guess handle hide increment insert is join jump keep
label list load lookup make map mark match measure merge mix move multiply normalize open order
pack pad parse partition pick play print process pull push put rank read record reduce register
remove rename repeat replace reset resolve reverse rotate run sanitize save scale scan score
search select send set shift show shuffle simulate skip solve sort split square start step stop
store strip sum swap take test tokenize toggle trace track transform translate trim try turn
update validate visit walk wrap write
"""
)

FUNCTION_WORDS = split_words(
    """
a an the and or but if in on at to of for from with by as is was are be not no yes it this that he
she we they you I my our your there here when then than so very too just only also never always
again about after before over under into out up down all any some each every many much more most
"""
)

TECH = split_words(
    """
python java ruby rust code debug print hello world foo bar baz spam eggs abc xyz admin guest user
root test demo config json html http www com org api url key value true false null none error ok
GET POST id uuid utf ascii hex bin int str char bool linux windows git main dev data
"""
)

WORDS: tuple[str, ...] = tuple(
    dict.fromkeys(
        w for w in (*FOODS, *ANIMALS, *COLOURS, *NOUNS, *ADJECTIVES, *VERBS) if len(w) > 1
    )
)
