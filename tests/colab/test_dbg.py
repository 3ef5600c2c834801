
from .test_emulation import *


def test_x(notebook):
    cell = notebook.run(f"{OPEN.removesuffix('panel')}import time; display(panel); time.sleep(6)")
    for i in range(14):
        notebook.pause(.5)
        print(i, notebook.colab.over, notebook.colab.dropped, notebook.facts(cell), notebook.page.evaluate("colab.bytes"))
        try: print(notebook.page.frames[1].evaluate("[document.querySelector('.js-plotly-plot')?.data?.map(t=>[t.name,t.x?.length]), document.body.innerText.slice(0,200)]"))
        except Exception as e: print(e)
