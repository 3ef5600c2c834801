"""A picture of FreeOpcUa's client, which has a window, at a board: ADDRESS, the board's ID, and the file.

To be run where `opcua-client` is installed, in a folder for its settings. Qt draws it without a screen.
"""

import os
import sys

os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_FONT_DPI": "72"}

from PyQt5.QtCore import QSettings, Qt, QTimer
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QApplication
from uaclient.mainwindow import Window

address, board, picture = sys.argv[1:]
QSettings.setPath(QSettings.NativeFormat, QSettings.UserScope, os.getcwd())
app = QApplication([])
window = Window()
ui, tree = window.ui, window.ui.treeView


def node(name):
    client = window.uaclient.client
    return client.get_node(f"ns={client.get_namespace_index('urn:picopanel')};s={board}.{name}")


def arrange():
    window.resize(900, 720)
    ui.logDockWidget_2.hide()
    window.resizeDocks([ui.attrDockWidget], [540], Qt.Horizontal)
    window.resizeDocks([ui.attrDockWidget, ui.subDockWidget], [500, 170], Qt.Vertical)
    ui.attrView.setColumnWidth(0, 175)
    ui.attrView.setColumnWidth(1, 230)
    for column in (1, 2):  # BrowseName and NodeId, which the attributes have
        tree.setColumnHidden(column, True)


def subscribe():
    for name in ("Status", "led.SensorValue", "temperature.SensorValue"):
        window.datachange_ui._subscribe(node(name))


def choose(name):
    """Choose a channel's value; by itself the client finds the first node that is called so."""
    window.tree_ui.expand_to_node(node(name))
    channel, model = tree.currentIndex(), tree.model()
    rows = (model.index(row, 0, channel) for row in range(model.rowCount(channel)))
    tree.setCurrentIndex(next(row for row in rows if row.data() == "SensorValue"))


def save():
    tree.scrollTo(tree.currentIndex())
    image = window.grab().toImage()
    image.convertToFormat(QImage.Format_Indexed8, Qt.ThresholdDither | Qt.AvoidDither).save(picture)
    window.close()
    app.quit()


ui.addrComboBox.setCurrentText(address)
window.show()
ui.connectButton.click()
arrange()
subscribe()
choose("temperature")
QTimer.singleShot(2000, save)  # the subscribed values come
app.exec()
