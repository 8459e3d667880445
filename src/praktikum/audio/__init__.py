"""Sound: signals and their spectra, recognition by CTC, LAS and RNN-T, the Conformer, denoising."""
