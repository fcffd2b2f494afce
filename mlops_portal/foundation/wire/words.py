"""Short words for a digest, so that two people can compare it aloud between the portal and a node."""

from __future__ import annotations

_LIST = """
acorn actor agent alarm album alley amber anchor angel ankle apple april apron arena
armor arrow artist atlas attic autumn bacon badge bagel baker balcony bamboo banana barrel
basil basket beach beaver bicycle bishop bison blanket blossom bonfire border bottle bridge bronze
bucket butter button cabin cactus camel camera canal candle canyon captain carbon cargo carpet
castle cavern cedar cello cement cherry chimney circus citrus clover cobalt coconut coffee comet
compass copper coral cotton cousin coyote cradle crater cricket crystal cymbal daisy dancer delta
desert diamond dinner doctor dolphin donkey dragon drummer eagle easel echo eclipse elbow ermine
emerald engine envelope espresso fabric falcon farmer feather fender fiddle finger flame flannel flute
forest fossil fountain freckle galaxy garden garlic gecko geyser gondola giraffe glacier goblet granite
gravel guitar hammer harbor harvest hazel helmet hermit hockey honey horizon hotel hunter igloo
indigo insect island ivory jacket jaguar jasmine jelly jersey jigsaw jungle juniper kayak kettle
kiwi koala ladder lagoon lantern lapel lasso lava lemon lentil lily linen lizard llama
lobster lighthouse lotus lumber magnet mango maple marble meadow melon meteor midnight mirror mitten
mongoose mosaic motor muffin museum napkin nectar needle nickel novel nutmeg oasis ocean olive
onion opera orbit orchid otter oyster paddle palace panda paper parrot pebble pelican pencil
pepper piano pickle pilot pirate planet plaza polka polar pony poppy prairie pretzel pumice
pumpkin puzzle quarry quartz rabbit radar raven ribbon river robin rocket sailor saffron salmon
sandal satin saturn scarf seven shadow shovel silver sparrow spider tiger turtle velvet violin
walnut window winter yellow
"""
WORDS: tuple[str, ...] = tuple(_LIST.split())


def words(digest: str) -> tuple[str, str, str, str]:
    """Four words for the first 32 bits of a hex digest; ValueError where it is shorter."""
    data = bytes.fromhex(digest[:8])
    if len(data) != 4:
        raise ValueError("a digest of at least 8 hex digits is needed")
    first, second, third, fourth = (WORDS[byte] for byte in data)
    return first, second, third, fourth
