"""Pictures: classifiers, transfer, augmentation, segmentation, what is measured and repaired."""
