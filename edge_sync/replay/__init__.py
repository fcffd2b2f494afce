"""``stream_replay``: rows of a table, sent as a node would send them.

``choice`` says which model judges, ``rows`` makes records of the table, ``node`` is the identity under which
they are sent, ``judge`` is the agent's own code on them, ``door`` takes the batches in, ``driver`` keeps the
time, ``outcomes`` tells what inspection found later, ``summary`` says what came of it.
"""
