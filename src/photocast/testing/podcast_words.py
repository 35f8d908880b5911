"""Words of made-up podcasts: things that can be seen, things that cannot, and what people say around them."""

SEEN = {
    "market": (
        "stall basket orange melon fishmonger crate awning scale peach lantern carpet pepper olive barrel knife apron "
        "sack cheese wheel copper kettle spice bowl pigeon fountain archway bicycle cart ribbon tomato fig almond",
        "ripe striped crowded dusty golden loud shaded painted fresh narrow bright heavy wooden cracked sweet red",
        "weighed stacked sliced carried bargained wrapped tasted counted unloaded dropped",
    ),
    "harbour": (
        "boat net gull lighthouse anchor rope crane ferry mast crab buoy pier sail lobster wave deck oar hull captain "
        "fog trawler jetty cabin flag engine bucket oilskin seal mussel chain horizon shoal breakwater",
        "rusty salty white rolling grey wet battered blue creaking steep calm bearded tarred low wooden cold",
        "moored hauled painted mended rowed lowered tied spotted landed scrubbed",
    ),
    "kitchen": (
        "dough oven pan onion crust flour spoon butter garlic whisk loaf pastry skillet lemon rosemary saucepan plate "
        "candle chopping board steam egg jar honey rolling pin yeast pie cinnamon towel counter stove ladle",
        "warm golden crisp burnt bubbling soft floury copper sticky sharp tiny glossy smoked chipped round hot",
        "kneaded chopped baked stirred poured tasted folded grated peeled toasted",
    ),
    "mountain": (
        "ridge trail glacier tent boot marmot valley rope cairn meadow cloud summit backpack stream cliff hut goat "
        "larch snowfield compass pass boulder waterfall jacket map dawn scree eagle stove lake headlamp flower",
        "steep icy red windy narrow green frozen muddy distant sharp low wild sunlit broken silent torn",
        "climbed crossed photographed followed pitched packed skirted watched descended filled",
    ),
    "garden": (
        "rose spade greenhouse hedge bee tulip wheelbarrow compost heap pond frog apple tree bench trellis snail "
        "watering can hosepipe lavender robin gate beanpole pumpkin shed gravel path fern bonfire ladder lily glove",
        "tangled yellow muddy mossy overgrown purple leaky sunny rotten tall wild neat prickly damp old early",
        "planted pruned dug watered picked buried trimmed raked sowed burned",
    ),
    "workshop": (
        "lathe chisel plank clamp sawdust hammer drawer lamp bench vice nail varnish brush guitar neck hinge glue pot "
        "chair leg soldering iron spanner wheel rim frame bicycle chain anvil forge bellows leather strap workbench",
        "oiled bent polished oak blunt sharp dented half-finished heavy black smooth crooked loose hand-made dusty",
        "sanded hammered drilled welded measured carved glued polished dismantled bent",
    ),
    "parade": (
        "drum float mask trumpet banner confetti dancer feather horse balloon stilts costume torch crowd balcony "
        "marching band dragon sequin hat whistle cape accordion tambourine wig firework puppet crown tractor clown",
        "glittering huge purple noisy silver ragged painted towering green dizzy torn barefoot gilded pink wobbly lit",
        "threw chased waved wore followed lit filmed cheered dropped sewed",
    ),
    "safari": (
        "elephant jeep waterhole zebra acacia lion cub binoculars vulture giraffe dust track hippo ranger termite "
        "mound leopard warthog river bank camp fire hyena crocodile sunset ostrich thorn bush tusk paw print heron",
        "dusty enormous sleepy striped orange muddy limping hidden golden nervous young scarred thirsty dry tall far",
        "tracked spotted photographed chased followed sketched circled woke startled counted",
    ),
}
"""Topics of things to be seen: nouns, adjectives, verbs."""

UNSEEN = {
    "investing": (
        "portfolio interest rate premium equity risk margin liability dividend benchmark allocation inflation hedge "
        "valuation fund yield asset class leverage tax bracket compound interest fee index return exposure liquidity",
        "passive diversified marginal overall fixed long-term nominal aggressive conservative net annual average",
        "reallocated discounted compounded deferred hedged rebalanced underestimated forecast deducted evaluated",
    ),
    "management": (
        "accountability strategy alignment stakeholder feedback culture objective process retention ownership budget "
        "priority transparency leadership delegation quarter outcome framework incentive autonomy mission capacity",
        "clear strategic cross-functional honest measurable toxic agile healthy vague ambitious shared sustainable",
        "aligned delegated prioritized escalated evaluated communicated restructured clarified postponed assumed",
    ),
    "philosophy": (
        "truth consciousness duty freedom meaning argument premise virtue knowledge doubt identity causation reason "
        "moral claim intuition essence belief paradox justice self language will suffering possibility necessity",
        "necessary absolute moral subjective implicit rational contingent universal abstract circular valid ancient",
        "argued denied doubted implied presupposed justified distinguished conceived refuted questioned",
    ),
    "wellbeing": (
        "mindset habit boundary motivation self-worth intention burnout gratitude anxiety resilience trauma routine "
        "discipline energy healing purpose expectation shame growth balance attention confidence patience pattern",
        "limiting positive unconscious emotional genuine daily inner overwhelming intentional mental healthy honest",
        "manifested processed acknowledged overcame reframed resisted accepted trusted released feared",
    ),
    "policy": (
        "amendment committee regulation subsidy mandate referendum statute coalition deficit oversight precedent "
        "jurisdiction reform compliance sanction constituency legislation tariff ballot measure veto procedure",
        "federal bipartisan unconstitutional provisional fiscal regulatory statutory controversial public sweeping",
        "repealed ratified debated postponed funded opposed demanded drafted enforced overturned",
    ),
}
"""Topics of which no photo can be taken."""

NAMES = (
    "Maya Tomas Ingrid Desmond Priya Anselm Ruth Kofi Marta Elias Joan Farid Nell Oscar Bea Hugo Lena Amos Clara Ivan "
    "Tess Omar Greta Felix Nadia Silas Wanda Rafael Edith Jonas Pearl Mateo Iris Gus Olive Theo Sana Basil Mina Ezra"
)
FRONTS = (
    "Ash Brad Cal Dun Elm Far Glen Hal Ing Kirk Lang Mar Nor Oak Pen Quen Rav Stan Thorn Up Vin Wal Yar "
    "Zel Black Cross "
    "Good Hart Lind Holm West Stone Berg Wolf Fair Silver Sand Win Ald Brom"
)
BACKS = (
    "ford ton berg ley field wick more stead by ham worth brook dale hurst land man son well gate mere combe bridge "
    "shaw holt port quist stein feld ander aker low bourne thorpe grove ridge burn"
)
"""Fronts and backs of names of families and places."""

SAYING = {
    "adv": "so well then honestly actually maybe later once suddenly slowly usually somehow today outside always never "
    " often again almost obviously apparently finally luckily sadly meanwhile downstairs tonight afterwards first",
    "who": "I we you they he she somebody nobody everybody people neighbours my-brother our-producer his-boss "
    "their-aunt her-cousin listeners strangers both-of-us kids friends grandpa my-wife the-others "
    "students half-of-them whoever",
    "did": "saw found bought lost kept made brought loved hated needed missed wanted noticed remembered forgot showed "
    "described mentioned chose broke fixed sold borrowed hid touched expected understood ignored finished started",
    "det": "the a that this my our some every another her his their one no your any each the-same the-last either",
    "prep": "near behind under beside above without with after before against inside for about from beyond around "
    "between during past toward across below despite like until along instead-of because-of next-to out-of",
    "is": "was is looked seemed got felt became stayed sounded turned remained grew isn't wasn't can-be "
    "will-be has-been",
    "link": "and but so because then or well now yeah okay no right",
    "you": "I you we they he she it people",
    "think": "think know said mean would-say do-not-know was-like have-to-say can-see had-to-know just-think all-know",
    "that": "that how if like what it-is it-was there-is because that-is when this-is",
    "conj": "and but because so while when although if unless since or until though as whereas before",
}
"""Words by what they do in a sentence; a hyphen is a blank."""
SHAPES = (
    "adv who did det adj noun prep det noun",
    "who verb det noun conj who did det adj noun",
    "det adj noun is adj prep det noun",
    "adv name did det noun prep place conj det noun is adj",
    "who did number noun prep year conj name verb det noun",
    "is det noun adj prep place or adj ?",
    "det noun prep det noun is adj conj who did det noun",
    "name verb det adj noun prep surname conj who did det noun",
    "adv det noun is adj conj adj prep det adj noun",
    "who did det noun adv prep name surname",
    "what did who do prep det adj noun prep place ?",
    "adv who verb det noun prep det noun prep place",
)
"""Sentences, in the words of `SAYING` and of their topic."""
OPENING = "link you think that"
"""What most sentences begin with."""
SHORT = (
    "Yeah.|Right.|Mm-hmm.|Oh, wow.|Exactly.|No way.|Sure.|Okay.|Really?|I know.|That's great.|Ha, yes.|Totally.|"
    "Absolutely.|Go on.|Why is that?|What did you do?|How so?|Hm.|Oh no.|I love that.|Interesting.|True.|And then?"
)
ADVERTISEMENTS = (
    "This episode is brought to you by Quillbox, the mattress that listens. Go to quillbox dot example slash podcast "
    "and use the code {word} for {number} percent off your first order.",
    "Support for the show comes from Northlamp. Their plans start at {number} dollars a month, and listeners get a "
    "free trial at northlamp dot example slash {word}.",
    "A quick word from our sponsor, Pantry Fox. Fresh ingredients, no commitment, cancel any time. That is pantryfox "
    "dot example, promo code {word}, terms and conditions apply.",
)
FOREIGN = {
    "es": "el la de que y en un los se del las por con para una es lo como más pero sus este mercado barco montaña "
    "cocina jardín casa camino vecino noche ventana abuela pan fuego sombra viento siempre nunca ayer vimos dijo",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
    "Markt Boot Berg Küche Garten Haus Weg Nachbar Nacht Fenster Brot Feuer Schatten Wind immer gestern sagte gingen",
    "fr": "le la de et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont marché bateau "
    "montagne cuisine jardin maison chemin voisin nuit fenêtre pain feu ombre vent toujours hier disait allions",
}
