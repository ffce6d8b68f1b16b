"""The same voices as orchestras and scores of Csound."""

HEAD = """<CsoundSynthesizer>
<CsInstruments>
sr = 48000
ksmps = 64
nchnls = 2
0dbfs = 1
gaL init 0
gaR init 0
{table}
instr 1
{tone}
  kamp madsr 0.01, 0.3, 0.7, 0.1
  aleft, aright pan2 asound * kamp * 0.003, p5
  gaL += aleft
  gaR += aright
endin
instr 2
  awetL, awetR reverbsc gaL, gaR, 0.7, 9000
  outs gaL + 0.3 * awetL, gaR + 0.3 * awetR
  clear gaL, gaR
endin
</CsInstruments>
<CsScore>
{score}
</CsScore>
</CsoundSynthesizer>
"""

SUBTRACTIVE = """  kfilter madsr 0.01, 0.5, 0.3, 0.1
  asaw vco2 1, p4
  apulse vco2 1, p4, 2, 0.5
  asound {filter}"""
# Resonant two-pole low-passes: the topology-preserving one, and the cheapest that Csound has.
FILTERS = {
    "zdf_2pole": "zdf_2pole asaw + apulse, 900 + 2700 * kfilter, 2",
    "lowpass2": "lowpass2 asaw + apulse, 900 + 2700 * kfilter, 2",
}
SAMPLE = "  asound loscil3 1, p4, giwave, 1, 1"


def orchestra(voices, seconds, recording, opcode="lowpass2"):
    """All voices from the start to the end, each (frequency or speed, pan)."""
    table = f'giwave ftgen 0, 0, 0, -1, "{recording}", 0, 0, 0' if recording else ""
    tone = SAMPLE if recording else SUBTRACTIVE.format(filter=FILTERS[opcode])
    notes = [f"i 1 0 {seconds} {pitch} {pan}" for pitch, pan in voices]
    return HEAD.format(table=table, tone=tone, score="\n".join([*notes, f"i 2 0 {seconds}"]))
