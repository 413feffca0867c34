"""Bulla on both sides: a round trip."""
from bulla_side import Bulla
from peer import Peer, run


class SelfPeer(Peer):
    title = "bulla"

    def __init__(self, pki, folder, program=None):
        super().__init__(pki, folder)
        self.bulla = Bulla(program, pki, self.folder)

    def version(self):
        return run(self.bulla.program, "--version").decode().split()[-1]

    def write(self, feature, content, out):
        self.bulla.write(feature, content, out)

    def read(self, feature, message, content, out):
        self.bulla.read(feature, message, content, out)
