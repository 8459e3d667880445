"""
ru: Волна не дополнена: конец, не кратный hop, теряется.
en: The waveform is not padded: an end that is no whole hop is lost.
"""

FAILS = ["denoised_waveform"]


class Denoiser:
    def forward(self, noisy, lengths=None):
        time = noisy.shape[1]
        padded = noisy[:, : time // self.framing.hop * self.framing.hop]
        spectrum = stft(padded, self.framing).transpose(1, 2)
        frames = None if lengths is None else self._frames(lengths)
        speech = spectrum * self.mask(spectrum, frames)
        waveform = istft(speech.transpose(1, 2), self.framing, padded.shape[1])[:, :time]
        return waveform if lengths is None else waveform * mask_of_lengths(lengths, time).T
