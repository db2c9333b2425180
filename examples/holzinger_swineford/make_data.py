"""Write answers.csv: the Holzinger-Swineford data that semopy carries (MIT licence)."""

import sys
from pathlib import Path

from semopy.examples import holzinger39

target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("answers.csv")
holzinger39.get_data().to_csv(target, index=False)
sys.stdout.write(f"Wrote {target}\n")
