"""
ru: Найдена самая длинная общая подстрока: без пропусков между словами.
en: The longest common substring is found: without gaps between words.
"""

FAILS = ["rouge_l"]


def rouge_l(candidate, reference):
    common = 0
    for i in range(len(candidate)):
        for j in range(len(reference)):
            k = 0
            while (
                i + k < len(candidate)
                and j + k < len(reference)
                and candidate[i + k] == reference[j + k]
            ):
                k += 1
            common = max(common, k)
    if not common:
        return 0.0, 0.0, 0.0
    p, r = common / len(candidate), common / len(reference)
    return p, r, 2 * p * r / (p + r)
