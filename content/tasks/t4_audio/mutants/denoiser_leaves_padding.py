"""
ru: На дополнении не нули.
en: Padding is not zero.
"""

FAILS = ["denoised_waveform"]


class Denoiser:
    def forward(self, noisy, lengths=None):
        time = noisy.shape[1]
        padded = functional.pad(noisy, (0, (self._frames(time) - 1) * self.framing.hop - time))
        spectrum = stft(padded, self.framing).transpose(1, 2)
        frames = None if lengths is None else self._frames(lengths)
        speech = spectrum * self.mask(spectrum, frames)
        waveform = istft(speech.transpose(1, 2), self.framing, padded.shape[1])[:, :time]
        return waveform
